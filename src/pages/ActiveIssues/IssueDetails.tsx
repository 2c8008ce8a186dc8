import { css } from '@emotion/css';
import { dateTime, type GrafanaTheme2 } from '@grafana/data';
import { LinkButton, Stack, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { eventsOf, lastAnalysis, lastGuards, lastOf } from '../../components/IncidentActions/incident';
import { logsPath, tracePath } from '../../components/explore';
import { usePage } from '../../components/Page/context';
import { Ready } from '../../components/State/Ready';
import { EvidenceList } from '../../components/Story/EvidenceList';
import { GuardTable } from '../../components/Story/GuardTable';
import { LogTail } from '../../components/Story/LogTail';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { containerPath, incidentPath } from '../../constants';
import type { IncidentAnswer, IncidentDetailAnswer } from '../../contract/api';
import { useResource } from '../../hooks/useResource';

/** Lines of the saved log that are shown here; the page of the incident has all. */
const LINES = 12;
const BEFORE_MS = 10 * 60_000;

function Links({ incident: { id, fields } }: { incident: IncidentAnswer }) {
  const { datasourceUid } = usePage().settings;
  const opened = dateTime(fields.opened_at ?? '').valueOf();
  const around = { from: Number.isNaN(opened) ? 'now-1h' : opened - BEFORE_MS, to: 'now' };
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      <LinkButton size="sm" variant="secondary" href={incidentPath(id)}>
        {t('issues.story', 'Whole story')}
      </LinkButton>
      <LinkButton size="sm" variant="secondary" href={tracePath(datasourceUid, id, around)}>
        {t('issues.trace', 'Trace')}
      </LinkButton>
      <LinkButton size="sm" variant="secondary" href={containerPath(fields.key ?? '')}>
        {t('issues.container', 'Container')}
      </LinkButton>
      <LinkButton size="sm" variant="secondary" href={logsPath(datasourceUid, fields.key ?? '', around)}>
        {t('issues.logs', 'Logs')}
      </LinkButton>
    </Stack>
  );
}

function Found({ value }: { value: IncidentDetailAnswer }) {
  const styles = useStyles2(getStyles);
  const events = eventsOf(value);
  const guards = lastGuards(events);
  const saved = lastOf(events, 'forensics_captured');
  return (
    <>
      <p className={styles.summary}>{value.summary}</p>
      <h4 className={styles.head}>{t('issues.evidence', 'Evidence')}</h4>
      <EvidenceList evidence={lastAnalysis(events)?.data.evidence ?? []} />
      {guards.length > 0 ? (
        <>
          <h4 className={styles.head}>{t('issues.guards', 'Guards')}</h4>
          <GuardTable guards={guards} />
        </>
      ) : null}
      {saved ? (
        <>
          <h4 className={styles.head}>{t('issues.last-lines', 'Last log lines')}</h4>
          <LogTail lines={saved.data.logs.slice(-LINES)} />
          {saved.data.logs.length > LINES ? <TextLink href={`${incidentPath(value.incident.id)}?view=forensics`}>{t('issues.all-lines', 'All {{count}} saved lines', { count: saved.data.logs.length })}</TextLink> : null}
        </>
      ) : null}
    </>
  );
}

/** What is behind an issue: the story in words, evidence, guards, the last log lines, and where to look further. */
export function IssueDetails({ incident }: { incident: IncidentAnswer }) {
  const detail = useResource<IncidentDetailAnswer>('incidents/detail', { id: incident.id });
  return (
    <div data-testid={testIds.issues.details}>
      <Ready of={detail}>{(value) => <Found value={value} />}</Ready>
      <br />
      <Links incident={incident} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  summary: css({ maxWidth: theme.spacing(110), overflowWrap: 'anywhere' }),
  head: css({ fontSize: theme.typography.h5.fontSize, margin: theme.spacing(1.5, 0, 0.5) }),
});
