import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, ClipboardButton, LinkButton, Stack, TextLink, useStyles2 } from '@grafana/ui';
import React, { useEffect, useRef } from 'react';
import { confidenceWords } from '../../components/confidence';
import { logsPath, tracePath } from '../../components/explore';
import { eventsOf, lastAnalysis, lastGuards, lastOf, waitsForApproval } from '../../components/IncidentActions/incident';
import { IncidentActions } from '../../components/IncidentActions/IncidentActions';
import { NextStep } from '../../components/IncidentActions/NextStep';
import { PlanBox } from '../../components/IncidentActions/PlanBox';
import { Mark } from '../../components/Mark';
import { usePage } from '../../components/Page/context';
import { Section } from '../../components/Section';
import { Empty } from '../../components/State/Empty';
import { Ready } from '../../components/State/Ready';
import { EvidenceList } from '../../components/Story/EvidenceList';
import { GuardTable } from '../../components/Story/GuardTable';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone, stateTone } from '../../components/tone';
import { When } from '../../components/When';
import { stateWords } from '../../components/words';
import { containerPath, incidentPath, pagePath } from '../../constants';
import type { IncidentDetailAnswer } from '../../contract/api';
import { severityMark } from '../../contract/story/marks';
import { useResource } from '../../hooks/useResource';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useUrlState } from '../../hooks/useUrlState';
import { Comments } from './Comments';
import { EffectSection } from './EffectSection';
import { Forensics } from './Forensics';
import { commentsOf, effectOf, modelCallsOf } from './Incident.utils';
import { incidentMarkdown } from './markdown';
import { ModelCalls } from './ModelCalls';
import { StoryLines } from './StoryLines';
import { Waterfall } from './Waterfall';

const MARGIN_MS = 10 * 60_000;

/** The time of an incident with a little before and after. */
function aroundIncident({ opened_at: opened = '', ended_at: ended = '' }: Record<string, string>) {
  const [from, to] = [Date.parse(opened), Date.parse(ended)];
  return Number.isNaN(from) ? { from: 'now-1h', to: 'now' } : { from: from - MARGIN_MS, to: Number.isNaN(to) ? 'now' : to + MARGIN_MS };
}

function Title({ incident: { id, state, fields } }: Pick<IncidentDetailAnswer, 'incident'>) {
  const styles = useStyles2(getStyles);
  const { severity = '', key = '', container, project, host, acknowledged_by: seenBy } = fields;
  const sure = confidenceWords(fields.confidence, fields.method);
  const facts = [sure ? t('incident.confidence', 'confidence {{sure}}', { sure }) : '', seenBy ? t('incident.acknowledged', 'acknowledged by {{user}}', { user: seenBy }) : ''];
  return (
    <div>
      <h2 className={styles.title}>
        <Mark tone={severityTone(severity)}>{severityMark(severity)}</Mark>{' '}
        <TextLink href={containerPath(key)} color="primary">
          {container || key || id}
        </TextLink>{' '}
        <Mark tone={stateTone(state)}>{stateWords(state)}</Mark>
      </h2>
      <div className={styles.quiet}>
        {[project, host].filter(Boolean).join(' · ')} · {t('incident.opened', 'ill since')} <When at={fields.opened_at} />
        {facts.filter(Boolean).map((fact) => ` · ${fact}`)}
      </div>
    </div>
  );
}

function Head({ detail }: { detail: IncidentDetailAnswer }) {
  const styles = useStyles2(getStyles);
  const { datasourceUid } = usePage().settings;
  const { timeZone } = useTimeRange();
  const { incident, summary } = detail;
  const { fields, id } = incident;
  const around = aroundIncident(fields);
  return (
    <>
      <div className={styles.head}>
        <Title incident={incident} />
        <Stack direction="row" gap={1} wrap="wrap">
          <LinkButton size="sm" variant="secondary" href={tracePath(datasourceUid, id, around)}>
            {t('incident.trace', 'Trace')}
          </LinkButton>
          <LinkButton size="sm" variant="secondary" href={logsPath(datasourceUid, fields.key ?? '', around)}>
            {t('incident.logs', 'Logs')}
          </LinkButton>
          <ClipboardButton size="sm" variant="secondary" icon="copy" getText={() => incidentMarkdown(detail, { link: new URL(incidentPath(id), window.location.origin).href, timeZone })} data-testid={testIds.incident.copy}>
            {t('incident.copy', 'Copy as Markdown')}
          </ClipboardButton>
        </Stack>
      </div>
      <p className={styles.summary} data-testid={testIds.incident.summary}>
        {summary}
      </p>
      <div>
        <strong>{t('incident.next', 'Now:')}</strong> <NextStep incident={incident} />
      </div>
    </>
  );
}

function Approval({ detail }: { detail: IncidentDetailAnswer }) {
  const { fields } = detail.incident;
  const asked = lastOf(eventsOf(detail), 'approval_requested', ({ data }) => data.digest === fields.digest);
  return asked ? (
    <Alert severity="warning" title={t('incident.approval', 'An action waits for approval')}>
      <PlanBox asked={asked} />
    </Alert>
  ) : null;
}

function Trimmed({ detail: { missing, more } }: { detail: IncidentDetailAnswer }) {
  return (
    <>
      {missing > 0 ? <Alert severity="info" title={t('incident.trimmed', '{{count}} of its events were removed by retention, or cannot be read: the story is not whole.', { count: missing })} /> : null}
      {more ? <Alert severity="info" title={t('incident.newest', 'It has more events than are shown here: these are the newest.')} /> : null}
    </>
  );
}

/** Brings the part that the address names into view, once it is there. */
function useView(ready: boolean) {
  const [{ view }] = useUrlState('view');
  const box = useRef<HTMLDivElement>(null);
  const name = view[0];
  useEffect(() => {
    if (ready && name) {
      box.current?.querySelector(`[data-view="${CSS.escape(name)}"]`)?.scrollIntoView?.({ block: 'start' });
    }
  }, [ready, name]);
  return box;
}

function Story({ detail }: { detail: IncidentDetailAnswer }) {
  const styles = useStyles2(getStyles);
  const box = useView(true);
  const { incident } = detail;
  const events = eventsOf(detail);
  const guards = lastGuards(events);
  const effect = effectOf(events);
  const calls = modelCallsOf(events);
  const saved = lastOf(events, 'forensics_captured');
  return (
    <div ref={box} className={styles.page} data-testid={testIds.incident.page}>
      <Head detail={detail} />
      <Trimmed detail={detail} />
      {waitsForApproval(incident) ? <Approval detail={detail} /> : null}
      <IncidentActions incident={incident} />
      <div data-view="trace">
        <Section title={t('incident.story', 'What took how long')}>
          <Waterfall id={incident.id} />
        </Section>
      </div>
      {effect ? <EffectSection effect={effect} container={incident.fields.key ?? ''} /> : null}
      <Section title={t('incident.steps', 'Every step')}>
        <StoryLines events={detail.events} />
      </Section>
      {guards.length > 0 ? (
        <Section title={t('incident.guards', 'Guards')}>
          <GuardTable guards={guards} />
        </Section>
      ) : null}
      <Section title={t('incident.evidence', 'Evidence')}>
        <EvidenceList evidence={lastAnalysis(events)?.data.evidence ?? []} />
      </Section>
      {calls.length > 0 ? <ModelCalls calls={calls} /> : null}
      {saved ? (
        <div data-view="forensics">
          <Forensics saved={saved} />
        </div>
      ) : null}
      <Comments incident={incident.id} comments={commentsOf(events)} />
    </div>
  );
}

/** One incident: what happened and why, what was done or why not, and whether it helped. */
function Incident() {
  const id = usePage().params.id ?? '';
  const detail = useResource<IncidentDetailAnswer>('incidents/detail', { id });
  if (detail.failure?.kind === 'missing' && detail.value === undefined) {
    return (
      <Empty title={t('incident.missing', 'There is no incident {{id}}', { id })}>
        <p>{t('incident.missing-why', 'Its address may be wrong, or retention has removed it.')}</p>
        <TextLink href={pagePath('issues')}>{t('incident.to-issues', 'Active issues')}</TextLink>
      </Empty>
    );
  }
  return <Ready of={detail}>{(value) => <Story key={id} detail={value} />}</Ready>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  head: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), justifyContent: 'space-between', alignItems: 'flex-start' }),
  title: css({ fontSize: theme.typography.h3.fontSize, margin: 0, overflowWrap: 'anywhere' }),
  quiet: css({ color: theme.colors.text.secondary }),
  summary: css({ fontSize: theme.typography.h5.fontSize, maxWidth: theme.spacing(120), margin: 0, overflowWrap: 'anywhere' }),
});

export default Incident;
