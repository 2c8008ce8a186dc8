import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, IconButton, TextLink, useStyles2 } from '@grafana/ui';
import React, { useEffect, useRef, type KeyboardEvent } from 'react';
import { costText } from '../../../components/cost';
import { Mark } from '../../../components/Mark';
import { Section } from '../../../components/Section';
import { Ready } from '../../../components/State/Ready';
import { Table, type TableColumn } from '../../../components/Table/Table';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { When } from '../../../components/When';
import { plainName } from '../../../components/words';
import { incidentPath } from '../../../constants';
import type { AgentTracesAnswer } from '../../../contract/observability/payloads';
import type { Trace } from '../../../contract/observability/schemas';
import { durationText } from '../../../contract/story/time';
import { useResource } from '../../../hooks/useResource';
import { useUrlState } from '../../../hooks/useUrlState';
import { failureOfSource } from '../Agents.utils';
import { Select } from '../Select';
import { Unread } from '../Sources';
import { aboutOf } from './model-calls';
import { TraceView } from './TraceView';

const LIMIT = 50;
/** More are shown when they are asked for. */
const FIRST = 10;
/** Milliseconds. */
const LENGTHS = [100, 500, 1000, 5000, 30_000, 60_000];

/** `detect illness rack-1/db-1`, and below who took part and what models were asked. */
function Root({ trace }: { trace: Trace }) {
  const { container, agents, calls, cost } = aboutOf(trace);
  const asked = calls === 0 ? '' : [t('agents.trace-calls', 'model calls {{calls}}', { calls }), ...(cost === undefined ? [] : [costText(cost)])].join(', ');
  return (
    <div>
      {plainName(trace.root_span)} {container ? <strong>{container}</strong> : null}
      <small>{[agents.join(', ') || trace.agent_id, asked].filter(Boolean).join(' · ')}</small>
    </div>
  );
}

const columns = (): Array<TableColumn<Trace>> => [
  { title: t('agents.trace-root', 'Begins with'), width: 'minmax(160px, 3fr)', draw: (trace) => <Root trace={trace} /> },
  { title: t('agents.trace-start', 'Began'), width: 'minmax(110px, 1fr)', draw: ({ start_time: at }) => <When at={at} /> },
  { title: t('agents.trace-status', 'Status'), width: '100px', draw: ({ status }) => <Mark tone={status === 'error' ? 'ill' : 'well'}>{status === 'error' ? t('agents.trace-error', 'failed') : t('agents.trace-ok', 'well')}</Mark> },
  { title: t('agents.trace-length', 'Took'), width: '100px', figure: true, draw: ({ duration_ms: ms }) => <span>{durationText(ms)}</span> },
  { title: t('agents.trace-spans', 'Steps'), width: '70px', figure: true, draw: ({ span_count: count }) => <span>{count}</span> },
  { title: t('agents.trace-of', 'Incident'), width: '90px', draw: ({ incident_id: id }) => (id ? <TextLink href={incidentPath(id)} inline={false}>{t('agents.story', 'story')}</TextLink> : null) },
];

/** The trace that the address names, where the list does not hold it: brought into view once. */
function Linked({ id, close }: { id: string; close: () => void }) {
  const styles = useStyles2(getStyles);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView?.({ block: 'start' });
    box.current?.focus({ preventScroll: true });
  }, [id]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      close();
    }
  };
  return (
    <div ref={box} tabIndex={-1} role="group" aria-label={t('agents.trace-label', 'Trace {{id}}', { id })} className={styles.linked} onKeyDown={onKeyDown}>
      <IconButton name="times" tooltip={t('agents.trace-close', 'Close the trace')} onClick={close} className={styles.close} />
      <TraceView id={id} />
    </div>
  );
}

function List({ answer: { traces, more }, open, setOpen }: { answer: AgentTracesAnswer; open: string | undefined; setOpen: (id: string) => void }) {
  const styles = useStyles2(getStyles);
  const box = useRef<HTMLDivElement>(null);
  const arrived = useRef(false);
  useEffect(() => {
    // Who comes by a link to it wants to see all of it; where one on the page has opened it, nothing moves when it is in sight.
    const opened = box.current?.querySelector('[data-row-focus][aria-expanded="true"]');
    opened?.scrollIntoView?.({ block: arrived.current ? 'nearest' : 'start' });
    arrived.current = true;
  }, [open]);
  const [{ traces: shown }, set] = useUrlState('traces');
  const all = shown[0] === 'all' || traces.findIndex(({ trace_id: id }) => id === open) >= FIRST;
  const rest = traces.length - FIRST;
  const toggle = ({ trace_id: id }: Trace) => setOpen(open === id ? '' : id);
  return (
    <div ref={box} className={styles.list}>
      <Table
        label={t('agents.traces-label', 'Traces, newest first')}
        columns={columns()}
        rows={all ? traces : traces.slice(0, FIRST)}
        keyOf={({ trace_id: id }) => id}
        rowTestId={testIds.agents.traceRow}
        opening={{ isOpen: ({ trace_id: id }) => id === open, toggle, details: ({ trace_id: id }) => <TraceView id={id} />, nameOf: ({ root_span: root, agent_id: agent }) => `${plainName(root)} (${agent})` }}
      />
      {!all && rest > 0 ? (
        <Button size="sm" variant="secondary" fill="text" icon="angle-down" onClick={() => set({ traces: 'all' })}>
          {t('agents.traces-all', 'Show {{count}} more', { count: rest })}
        </Button>
      ) : null}
      {more && all ? <div className={styles.quiet}>{t('agents.traces-more', 'These are the newest {{count}}: narrow them by the filters, or choose a shorter range.', { count: traces.length })}</div> : null}
    </div>
  );
}

/** R372: what the agents did step by step, newest first; one can be opened. */
export function Traces({ minutes }: { minutes: number }) {
  const [{ trace, trace_status: status, min_ms: least }, set] = useUrlState('trace', 'trace_status', 'min_ms', 'step');
  const answer = useResource<AgentTracesAnswer>('dashboard/traces', { minutes, limit: LIMIT, status: status[0], min_duration_ms: least[0] });
  const open = trace[0];
  const setOpen = (id: string) => set({ trace: id, step: '' });
  const listed = answer.value?.traces.some(({ trace_id: id }) => id === open) ?? false;
  const narrowed = Boolean(status[0] ?? least[0]);
  return (
    <Section title={t('agents.traces', 'Traces')}>
      <Filters status={status[0]} least={least[0]} set={set} />
      {open && !listed && !answer.loading ? <Linked id={open} close={() => setOpen('')} /> : null}
      <Ready of={answer}>
        {(value) => {
          const failed = failureOfSource(value.sources, 'traces');
          if (failed) {
            return <Unread state={failed} />;
          }
          return value.traces.length === 0 ? <p>{narrowed ? t('agents.no-traces-fit', 'No trace in this time range fits the filters.') : t('agents.no-traces', 'No agent did anything in this time range.')}</p> : <List answer={value} open={open} setOpen={setOpen} />;
        }}
      </Ready>
    </Section>
  );
}

function Filters({ status, least, set }: { status: string | undefined; least: string | undefined; set: (change: { trace_status?: string; min_ms?: string }) => void }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.filters} role="search" aria-label={t('agents.traces-filter', 'Traces to show')}>
      <Select
        label={t('agents.trace-status-filter', 'Status of traces')}
        options={[
          { value: 'all', label: t('agents.every-status', 'Well and failed') },
          { value: 'ok', label: t('agents.only-well', 'Only well') },
          { value: 'error', label: t('agents.only-failed', 'Only failed') },
        ]}
        value={status}
        onChange={(value) => set({ trace_status: value })}
      />
      <Select
        label={t('agents.least-length', 'Least length of traces')}
        options={[{ value: 'any', label: t('agents.any-length', 'Any length') }, ...LENGTHS.map((ms) => ({ value: String(ms), label: t('agents.from-length', '{{length}} and longer', { length: durationText(ms) }) }))]}
        value={least}
        onChange={(value) => set({ min_ms: value })}
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  filters: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
  // Not under the bar on top of Grafana.
  list: css({ minWidth: 0, '[data-row-focus]': { scrollMarginTop: theme.spacing(12) } }),
  linked: css({ position: 'relative', padding: theme.spacing(1.5, 5, 1.5, 1.5), border: `1px solid ${theme.colors.primary.border}`, borderRadius: theme.shape.radius.default, scrollMarginTop: theme.spacing(10), minWidth: 0 }),
  close: css({ position: 'absolute', top: theme.spacing(1), right: theme.spacing(1) }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
