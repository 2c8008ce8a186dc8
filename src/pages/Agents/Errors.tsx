import { TextLink } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { Section } from '../../components/Section';
import { Table, type TableColumn } from '../../components/Table/Table';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { agentTracePath } from '../../constants';
import type { ErrorGroup, SourceState } from '../../contract/observability/schemas';
import { plainText } from '../../contract/story/plain-text';
import { failureOfSource } from './Agents.utils';
import { Unread } from './Sources';

const columns = (): Array<TableColumn<ErrorGroup>> => [
  { title: t('agents.error-severity', 'Severity'), width: '100px', draw: ({ severity }) => <Mark tone={severityTone(severity)}>{severity}</Mark> },
  {
    title: t('agents.error', 'Error'),
    width: 'minmax(180px, 4fr)',
    draw: ({ error_type: type, message, agents }) => (
      <div>
        <strong>{type}</strong> {plainText(message, 300)}
        <small>{agents.join(', ')}</small>
      </div>
    ),
  },
  { title: t('agents.error-count', 'Times'), width: '70px', figure: true, draw: ({ count }) => <span>{count.toLocaleString('en-US')}</span> },
  { title: t('agents.error-first', 'First'), width: 'minmax(110px, 1fr)', draw: ({ first_seen: at }) => <When at={at} /> },
  { title: t('agents.error-last', 'Last'), width: 'minmax(110px, 1fr)', draw: ({ last_seen: at }) => <When at={at} /> },
  { title: t('agents.error-trace', 'Trace'), width: '90px', draw: ({ sample_trace_id: id }) => (id ? <TextLink href={agentTracePath(id)} inline={false}>{t('agents.open-trace', 'open')}</TextLink> : null) },
];

/** R379 to R381: equal errors told once, the most frequent first. */
export function Errors({ errors, sources }: { errors: readonly ErrorGroup[]; sources: readonly SourceState[] }) {
  const failed = failureOfSource(sources, 'errors');
  return (
    <Section title={t('agents.errors', 'Errors')}>
      {failed ? (
        <Unread state={failed} />
      ) : errors.length === 0 ? (
        <p>{t('agents.no-errors', 'No agent told of an error in this time range.')}</p>
      ) : (
        <Table label={t('agents.errors-label', 'Errors, most frequent first')} columns={columns()} rows={errors} keyOf={({ error_type: type, message }) => `${type} ${message}`} rowTestId={testIds.agents.error} />
      )}
    </Section>
  );
}
