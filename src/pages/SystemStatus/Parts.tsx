import { Button } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { Section } from '../../components/Section';
import { Table, type TableColumn } from '../../components/Table/Table';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import { plainName } from '../../components/words';
import type { StatusPayload } from '../../contract/observability/payloads';
import type { Breaker, Component } from '../../contract/observability/schemas';
import { plainText } from '../../contract/story/plain-text';
import { durationText, percentText } from '../../contract/story/time';
import { useUrlState } from '../../hooks/useUrlState';
import { knownTime, systemTone, systemWords, worstBreakers, worstComponents } from './SystemStatus.utils';

const componentColumns = (): Array<TableColumn<Component>> => [
  {
    title: t('system.part', 'Part'),
    width: 'minmax(120px, 1.5fr)',
    draw: ({ name, kind, critical }) => (
      <div>
        {name}
        <small>
          {plainName(kind)}
          {critical ? ` · ${t('system.critical', 'needed for healing')}` : ''}
        </small>
      </div>
    ),
  },
  { title: t('system.state', 'State'), width: '110px', draw: ({ status }) => <Mark tone={systemTone(status)}>{systemWords(status)}</Mark> },
  { title: t('system.answers-in', 'Answers in'), width: '110px', figure: true, draw: ({ response_time_ms: ms }) => <span>{knownTime(ms)}</span> },
  { title: t('system.checked', 'Last check'), width: 'minmax(110px, 0.8fr)', draw: ({ last_check: at }) => <When at={at} /> },
  {
    title: t('system.wrong', 'What is wrong, what to do'),
    width: 'minmax(180px, 4fr)',
    draw: ({ has_error: wrong, error_message: error, mend }) =>
      wrong || error ? (
        <div>
          {plainText(error ?? t('system.no-words', 'an error without words'), 400)}
          {mend ? <small>{plainText(mend, 400)}</small> : null}
        </div>
      ) : null,
  },
];

/** R109: every part of the system, those that are ill first. */
export function Components({ components }: { components: readonly Component[] }) {
  return (
    <Section title={t('system.components', 'Parts of the system')}>
      {components.length === 0 ? (
        <p>{t('system.no-components', 'The observer has seen no part yet.')}</p>
      ) : (
        <Table label={t('system.components', 'Parts of the system')} columns={componentColumns()} rows={worstComponents(components)} keyOf={({ name }) => name} rowTestId={testIds.system.component} />
      )}
    </Section>
  );
}

const breakerColumns = (): Array<TableColumn<Breaker>> => [
  { title: t('system.breaker', 'Breaker'), width: 'minmax(140px, 2fr)', draw: ({ name, kind }) => <div>{name}<small>{kind === 'model' ? t('system.of-model', 'calls of the model') : t('system.of-container', 'actions on a container')}</small></div> },
  { title: t('system.state', 'State'), width: '110px', draw: ({ state }) => <Mark tone={systemTone(state)}>{systemWords(state)}</Mark> },
  { title: t('system.failures', 'Failures in a row'), width: '90px', figure: true, draw: ({ failure_count: count }) => <span>{count}</span> },
  { title: t('system.success', 'Success rate'), width: '100px', figure: true, draw: ({ success_rate: rate }) => <span>{rate === null ? t('system.never-called', 'never called') : percentText(rate * 100)}</span> },
  { title: t('system.mean-time', 'Mean time'), width: '110px', figure: true, draw: ({ avg_response_time: ms }) => <span>{ms === null ? t('system.unmeasured', 'not measured') : durationText(ms)}</span> },
  { title: t('system.calls', 'Calls'), width: '70px', figure: true, draw: ({ total_calls: calls }) => <span>{calls}</span> },
  { title: t('system.free', 'Free'), width: 'minmax(110px, 1fr)', draw: ({ free_at: at }) => (at ? <When at={at} /> : null) },
];

/** R111 to R117: those that hold something back first; the closed ones when they are asked for. */
export function Breakers({ circuit_breakers: { total_breakers: total, by_state: by, breakers } }: Pick<StatusPayload, 'circuit_breakers'>) {
  const [{ breakers: shown }, set] = useUrlState('breakers');
  const all = shown[0] === 'all';
  const sorted = worstBreakers(breakers);
  const told = sorted.filter(({ state }) => all || state !== 'closed');
  return (
    <Section
      title={t('system.breakers', 'Circuit breakers')}
      actions={
        by.closed > 0 ? (
          <Button size="sm" variant="secondary" fill="text" icon={all ? 'angle-down' : 'angle-right'} aria-expanded={all} onClick={() => set({ breakers: all ? [] : 'all' })}>
            {t('system.show-closed', 'Closed ones as well')}
          </Button>
        ) : null
      }
    >
      <p style={{ margin: 0 }}>
        {total === 0
          ? t('system.no-breakers', 'There is none: nothing has been acted on, and no model called.')
          : t('system.breaker-counts', '{{total}} in all: {{open}} open, {{half}} half open, {{closed}} closed', { total, open: by.open, half: by.half_open, closed: by.closed })}
      </p>
      {told.length > 0 ? <Table label={t('system.breakers', 'Circuit breakers')} columns={breakerColumns()} rows={told} keyOf={({ kind, name }) => `${kind} ${name}`} rowTestId={testIds.system.breaker} /> : null}
    </Section>
  );
}
