import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { Button, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Empty } from '../../components/State/Empty';
import { Ready } from '../../components/State/Ready';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { plainName } from '../../components/words';
import { incidentPath } from '../../constants';
import type { IncidentsAnswer } from '../../contract/api';
import { useAction } from '../../hooks/useAction';
import { useResource } from '../../hooks/useResource';
import { useRole } from '../../hooks/useRole';
import { useListKeys, useView } from './ActiveIssues.hooks';
import { byUrgency, filterIssues, groupIssues, type Grouping } from './ActiveIssues.utils';
import { Filters } from './Filters';
import { IssueRow } from './IssueRow';
import { RecentAlerts } from './RecentAlerts';
import { RefusedRemediations } from './RefusedRemediations';

const LIMIT = 500;
const ROWS = `[data-testid="${testIds.issues.row}"]`;

function groupName(name: string, grouping: Grouping): string {
  return name === '' ? t('issues.no-project', 'No project') : grouping === 'severity' ? plainName(name) : name;
}

function Issues({ incidents, more }: IncidentsAnswer) {
  const styles = useStyles2(getStyles);
  const view = useView();
  const { filter, grouping, open, set } = view;
  const { may } = useRole();
  const { run: acknowledge } = useAction('acknowledge');
  const shown = byUrgency(filterIssues(incidents, filter));
  const toggle = (id: string) => set({ open: open.includes(id) ? open.filter((one) => one !== id) : [...open, id] });
  const isFresh = (id: string) => incidents.some((one) => one.id === id && !one.fields.acknowledged_by);
  useListKeys(ROWS, {
    x: toggle,
    a: (id) => {
      if (may('Editor') && isFresh(id)) {
        void acknowledge({ incident: id });
      }
    },
    o: (id) => locationService.push(incidentPath(id)),
  });
  if (incidents.length === 0) {
    return <Empty title={t('issues.none', 'Nothing is ill')}>{t('issues.none-why', 'An issue stands here from the moment the monitor sees that a container is ill until it is well again.')}</Empty>;
  }
  return (
    <>
      <Filters all={incidents} view={view} />
      {shown.length === 0 ? (
        <Empty title={t('issues.none-fits', 'None of the {{count}} active issues fits the filters', { count: incidents.length })}>
          <Button size="sm" variant="secondary" onClick={() => set({ severity: [], state: [], project: [], q: '' })}>
            {t('issues.clear', 'Clear the filters')}
          </Button>
        </Empty>
      ) : null}
      {groupIssues(shown, grouping).map((group) => (
        <section key={group.name} aria-label={grouping === 'none' ? t('issues.list', 'Active issues, most urgent first') : groupName(group.name, grouping)}>
          {grouping === 'none' ? null : (
            <h2 className={styles.group}>
              {groupName(group.name, grouping)} <span className={styles.count}>{group.incidents.length}</span>
            </h2>
          )}
          <ul className={styles.list} data-testid={testIds.issues.list}>
            {group.incidents.map((incident) => (
              <IssueRow key={incident.id} incident={incident} open={open.includes(incident.id)} toggle={toggle} />
            ))}
          </ul>
        </section>
      ))}
      <p className={styles.keys}>
        {more ? `${t('issues.more', 'Only the {{count}} that changed last are shown.', { count: incidents.length })} ` : ''}
        {t('issues.keys', 'Keys: j and k move, x opens the details, a acknowledges, o opens the whole story.')}
      </p>
    </>
  );
}

/** What is ill now, why, what happens next, and what one can do about it; most urgent first. */
function ActiveIssues() {
  const active = useResource<IncidentsAnswer>('incidents', { limit: LIMIT });
  return (
    <>
      <Ready of={active}>{(value) => <Issues {...value} />}</Ready>
      <RefusedRemediations />
      <RecentAlerts />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  group: css({ fontSize: theme.typography.h4.fontSize, margin: theme.spacing(1, 0) }),
  count: css({ color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular }),
  keys: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, margin: 0 }),
});

export default ActiveIssues;
