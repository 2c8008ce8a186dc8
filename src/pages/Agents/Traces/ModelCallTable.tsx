import React from 'react';
import { costText } from '../../../components/cost';
import { Table, type TableColumn } from '../../../components/Table/Table';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { durationText } from '../../../contract/story/time';
import { totalsOf, type SpanModelCall } from './model-calls';

const count = (value: number | undefined): string => (value === undefined ? '–' : value.toLocaleString('en-US'));
const price = (cost: number | undefined): string => (cost === undefined ? '–' : costText(cost));

const columns = (): Array<TableColumn<SpanModelCall>> => [
  { title: t('agents.model', 'Model'), width: 'minmax(140px, 2fr)', draw: ({ model, provider, agent }) => <div>{model}<small>{[provider, agent].filter(Boolean).join(' · ')}</small></div> },
  { title: t('agents.tokens-in', 'Tokens in'), width: '90px', figure: true, draw: ({ input }) => <span>{count(input)}</span> },
  { title: t('agents.tokens-out', 'Tokens out'), width: '90px', figure: true, draw: ({ output }) => <span>{count(output)}</span> },
  { title: t('agents.cost', 'Cost'), width: '90px', figure: true, draw: ({ cost }) => <span>{price(cost)}</span> },
  { title: t('agents.finish', 'Ended by'), width: 'minmax(90px, 1fr)', draw: ({ finish, error }) => <span>{error || finish || '–'}</span> },
  { title: t('agents.took', 'Took'), width: '90px', figure: true, draw: ({ duration }) => <span>{durationText(duration)}</span> },
];

/** What models were asked within a trace, what it took and cost. */
export function ModelCallTable({ calls }: { calls: readonly SpanModelCall[] }) {
  const { input, output, cost } = totalsOf(calls);
  return (
    <div data-testid={testIds.agents.modelCalls}>
      <p>
        {t('agents.model-totals', 'Model calls: {{calls}}, {{input}} tokens in, {{output}} tokens out, {{cost}}', { calls: calls.length, input: count(input), output: count(output), cost: cost === undefined ? t('agents.no-price', 'no price set') : costText(cost) })}
      </p>
      <Table label={t('agents.model-calls', 'Model calls')} columns={columns()} rows={calls} keyOf={({ id }) => id} />
    </div>
  );
}
