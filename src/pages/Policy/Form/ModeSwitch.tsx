import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useId, type ReactNode } from 'react';
import { modes } from '../../../components/PolicyFields/fields';
import { t } from '../../../components/text';
import type { PolicyValues } from '../../../contract/policy';

export interface ModeSwitchProps {
  mode: PolicyValues['mode'];
  /** Where it comes from, and who set it. */
  origin: ReactNode;
  /** Why it cannot be changed; undefined when it can. */
  whyNot: string | undefined;
  change: (mode: PolicyValues['mode']) => void;
}

/** What happens when an action is due, each choice with what it means. */
export function ModeSwitch({ mode, origin, whyNot, change }: ModeSwitchProps) {
  const styles = useStyles2(getStyles);
  const name = useId();
  return (
    <fieldset className={styles.set} disabled={whyNot !== undefined} title={whyNot}>
      <legend className={styles.legend}>
        {t('policy.mode', 'Mode')} <span className={styles.origin}>{origin}</span>
      </legend>
      <div className={styles.choices}>
        {modes().map((one) => (
          <label key={one.mode} className={cx(styles.choice, one.mode === mode && styles.chosen)}>
            <input type="radio" name={name} value={one.mode} checked={one.mode === mode} onChange={() => change(one.mode)} />
            <span>
              <strong>{one.label}</strong>
              <span className={styles.means}>{one.means}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  set: css({ border: 'none', margin: 0, padding: 0, minWidth: 0 }),
  legend: css({ fontSize: theme.typography.h5.fontSize, margin: theme.spacing(0, 0, 1) }),
  origin: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, marginLeft: theme.spacing(1) }),
  choices: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(160px, 100%), 1fr))', gap: theme.spacing(1) }),
  choice: css({
    display: 'flex',
    gap: theme.spacing(1),
    padding: theme.spacing(1),
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    cursor: 'pointer',
    input: { marginTop: 3, accentColor: theme.colors.primary.main },
    '&:focus-within': { outline: `2px solid ${theme.colors.primary.main}` },
    'fieldset:disabled &': { cursor: 'not-allowed' },
  }),
  chosen: css({ borderColor: theme.colors.primary.border, background: theme.colors.action.selected }),
  means: css({ display: 'block', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
