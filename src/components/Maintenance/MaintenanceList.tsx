import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { StatusAnswer } from '../../contract/api';
import { useAction } from '../../hooks/useAction';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';
import { When } from '../When';

export type SwitchedWindow = StatusAnswer['maintenance'][number];

/** Scope in words. */
export function scopeWords(scope: string): string {
  const [, kind, name = ''] = /^(project|container):(.*)$/s.exec(scope) ?? [];
  if (kind === 'project') {
    return t('maintenance.project', 'project {{name}}', { name });
  }
  return kind === 'container' ? name : ['', '*', 'all'].includes(scope.toLowerCase()) ? t('maintenance.all', 'all containers') : scope;
}

/** Maintenance that people have switched on, each with a button that ends it early. */
export function MaintenanceList({ windows }: { windows: readonly SwitchedWindow[] }) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.list} data-testid={testIds.maintenance.list}>
      {windows.map((one) => (
        <OpenWindow key={`${one.scope} ${one.since}`} window={one} />
      ))}
    </ul>
  );
}

function OpenWindow({ window: { scope, user, reason, since, until } }: { window: SwitchedWindow }) {
  const styles = useStyles2(getStyles);
  const { run, running } = useAction('maintenance-end');
  return (
    <li className={styles.item}>
      <span className={styles.words}>
        <strong>{scopeWords(scope)}</strong> {t('maintenance.ends', 'left alone, ends')} <When at={until} /> · {t('maintenance.begun-by', 'begun by {{user}}', { user })} <When at={since} />
        {reason ? ` · ${reason}` : ''}
      </span>
      <RoleButton needs="Editor" size="sm" variant="secondary" whyNot={running ? t('maintenance.ending', 'It is being ended.') : undefined} onClick={() => void run({ scope })} data-testid={testIds.maintenance.end}>
        {t('maintenance.end', 'End now')}
      </RoleButton>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  item: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center', justifyContent: 'space-between', padding: theme.spacing(0.75, 0), borderBottom: `1px solid ${theme.colors.border.weak}` }),
  words: css({ overflowWrap: 'anywhere', minWidth: 0 }),
});
