import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { InlineSwitch, LinkButton, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Empty } from '../../../components/State/Empty';
import { Ready } from '../../../components/State/Ready';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { traceWaterfall } from '../../../components/Waterfall/waterfall';
import { LONG_MS, WaterfallChart } from '../../../components/Waterfall/WaterfallChart';
import { incidentPath } from '../../../constants';
import type { AgentTraceAnswer } from '../../../contract/observability/payloads';
import type { LogEntry, Span } from '../../../contract/observability/schemas';
import { durationText } from '../../../contract/story/time';
import { useResource } from '../../../hooks/useResource';
import { useUrlState } from '../../../hooks/useUrlState';
import { failureOfSource } from '../Agents.utils';
import { Facts, type Fact } from '../Facts';
import { keysOf } from '../Logs/keys';
import { LogLine } from '../Logs/LogLine';
import { SourceNotices, Unread } from '../Sources';
import { modelCallsOf } from './model-calls';
import { ModelCallTable } from './ModelCallTable';

function StepFacts({ span: { span_id: id, kind, status, status_message: message, attributes } }: { span: Span }) {
  return (
    <Facts
      facts={[
        [t('agents.step-id', 'Step'), `${id} (${kind}, ${status})`],
        ...(message ? [[t('agents.step-message', 'Says'), message] as Fact] : []),
        ...Object.entries(attributes).map(([name, value]): Fact => [name, String(value)]),
      ]}
    />
  );
}

/** Every step with its length; short ones may be drawn larger, each can be opened. */
function Steps({ trace }: Pick<AgentTraceAnswer, 'trace'>) {
  const [{ scale, step }, set] = useUrlState('scale', 'step');
  const drawn = traceWaterfall(trace);
  const enlarged = scale[0] ? scale[0] === 'enlarged' : drawn.length > LONG_MS;
  const spans = new Map(trace.spans.map((span) => [span.span_id, span]));
  const details = (id: string) => {
    const span = spans.get(id);
    return span ? <StepFacts span={span} /> : null;
  };
  return (
    <>
      <InlineSwitch label={t('incident.enlarged', 'Short steps drawn larger')} showLabel value={enlarged} onChange={() => set({ scale: enlarged ? 'even' : 'enlarged' })} />
      <WaterfallChart drawn={drawn} enlarged={enlarged} opening={{ open: step[0], toggle: (id) => set({ step: step[0] === id ? '' : id }), details }} />
    </>
  );
}

function TraceLogs({ logs }: { logs: readonly LogEntry[] }) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState<readonly string[]>([]);
  const keys = keysOf(logs);
  return logs.length === 0 ? (
    <p>{t('agents.trace-no-logs', 'No log line belongs to it.')}</p>
  ) : (
    <div className={styles.logs} role="region" aria-label={t('agents.trace-logs', 'Its log lines')} tabIndex={0}>
      {logs.map((entry, index) => {
        const key = keys[index] ?? '';
        return <LogLine key={key} entry={entry} linked={false} open={open.includes(key)} toggle={() => setOpen((before) => (before.includes(key) ? before.filter((one) => one !== key) : [...before, key]))} />;
      })}
    </div>
  );
}

function Whole({ answer: { trace, logs, sources } }: { answer: AgentTraceAnswer }) {
  const styles = useStyles2(getStyles);
  const calls = modelCallsOf(trace.spans);
  const failed = failureOfSource(sources, 'logs');
  const left = trace.span_count - trace.spans.length;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <span>
          {t('agents.trace-head', '{{spans}} steps in {{length}}', { spans: trace.span_count, length: durationText(trace.duration_ms) })}
          {left > 0 ? ` · ${t('agents.trace-left-out', '{{left}} of them were not kept', { left })}` : ''} · <code>{trace.trace_id}</code>
        </span>
        {trace.incident_id ? (
          <LinkButton size="sm" variant="secondary" href={incidentPath(trace.incident_id)}>
            {t('agents.trace-incident', 'Open the incident')}
          </LinkButton>
        ) : null}
      </div>
      <Steps trace={trace} />
      {calls.length > 0 ? <ModelCallTable calls={calls} /> : null}
      <h3 className={styles.title}>{t('agents.trace-logs', 'Its log lines')}</h3>
      {failed ? <Unread state={failed} /> : <TraceLogs logs={logs} />}
      <SourceNotices sources={sources} />
    </div>
  );
}

/** One trace: its steps as a waterfall, the model calls among them, and its log lines (R372, R373). */
export function TraceView({ id }: { id: string }) {
  const trace = useResource<AgentTraceAnswer>(`dashboard/traces/${encodeURIComponent(id)}`);
  return (
    <div data-testid={testIds.agents.trace}>
      {trace.failure?.kind === 'missing' && trace.value === undefined ? (
        <Empty title={t('agents.trace-missing', 'There is no trace {{id}}', { id })}>{t('agents.trace-missing-why', 'Its address may be wrong, or retention has removed it.')}</Empty>
      ) : (
        <Ready of={trace}>{(answer) => <Whole answer={answer} />}</Ready>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
  head: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center', justifyContent: 'space-between', overflowWrap: 'anywhere' }),
  title: css({ fontSize: theme.typography.h6.fontSize, margin: 0 }),
  logs: css({ maxHeight: 320, overflow: 'auto', border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default }),
});
