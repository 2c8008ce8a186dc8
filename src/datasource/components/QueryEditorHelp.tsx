import { css } from '@emotion/css';
import React from 'react';
import type { GrafanaTheme2, QueryEditorHelpProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { HemostatDataQuery } from '../types';
import { testIds } from './test-ids';

interface Example {
  title: string;
  shows: string;
  query: Omit<HemostatDataQuery, 'refId'>;
}

export const EXAMPLES: readonly Example[] = [
  { title: 'What happened lately?', shows: 'All events as log lines, newest first. Press "Live" to watch them come in.', query: { queryType: 'events', format: 'logs' } },
  { title: 'Which alerts were critical?', shows: 'Alerts of the monitor with the severity critical.', query: { queryType: 'events', format: 'logs', filters: { types: ['health_alert'], severities: ['critical'] } } },
  {
    title: 'What did the guards refuse?',
    shows: 'Actions that were not done, with the guard and its reason.',
    query: { queryType: 'remediations', filters: { statuses: ['rejected'] } },
  },
  { title: 'What is ill right now?', shows: 'Incidents that wait, are being treated, or that nobody could help.', query: { queryType: 'incidents', filters: { statuses: ['open', 'analyzing', 'awaiting_approval', 'remediating', 'verifying', 'failed', 'suppressed'] } } },
  { title: 'Did the restarts help?', shows: 'Restarts with the figures before and after, and the verdict.', query: { queryType: 'remediations', filters: { actions: ['restart'] } } },
  { title: 'How often is there an alert?', shows: 'Counts over time: also what an alert rule on this data source begins with.', query: { queryType: 'frequency', filters: { types: ['health_alert'] } } },
  { title: 'How good are we?', shows: 'Totals and success rate of the time range.', query: { queryType: 'statistics' } },
  { title: 'Is HemoStat itself well?', shows: 'Score, components, breakers, resources and alerts in one row.', query: { queryType: 'system_status' } },
  { title: 'How slow are the agents?', shows: 'The 99th percentile of latency over time. Name agents to see each of them.', query: { queryType: 'agent_series', metrics: ['latency'], aggregation: 'p99' } },
  { title: 'What did the models cost?', shows: 'Tokens and cost of model calls over time.', query: { queryType: 'agent_series', metrics: ['tokens', 'cost'] } },
  { title: 'What went wrong inside?', shows: 'Errors of the agents, grouped, most frequent first.', query: { queryType: 'error_groups' } },
  { title: 'Which work of the agents failed?', shows: 'Traces with a failed step. Choose one to see it as a waterfall.', query: { queryType: 'agent_traces', filters: { statuses: ['error'] } } },
  { title: 'What hangs together?', shows: 'Containers and what they need, as a node graph.', query: { queryType: 'dependents' } },
  { title: 'What would mode auto have done?', shows: 'The decisions of the time range under another policy.', query: { queryType: 'what_if', policy: { defaults: { mode: 'auto' } } } },
];

const HINTS = [
  'Choose nothing for "any". Several values of one filter mean "one of them"; several filters must all fit.',
  'A variable may stand wherever a value may: $container, or part of a value: web-$number. "All" means any.',
  'Events are kept for 15 days unless set otherwise; an answer that begins later says so.',
  'An answer that is cut off says so too: raise the limit, narrow the filters, or shorten the time range.',
];

export function QueryEditorHelp({ onClickExample }: QueryEditorHelpProps<HemostatDataQuery>) {
  const styles = useStyles2(getStyles);
  return (
    <div>
      <h2>HemoStat cheat sheet</h2>
      {EXAMPLES.map(({ title, shows, query }) => (
        <div key={title} className={styles.example}>
          <h5>{title}</h5>
          <button type="button" className={styles.run} data-testid={testIds.help.example} onClick={() => onClickExample({ refId: 'A', ...query })}>
            {shows}
          </button>
        </div>
      ))}
      <h5>Good to know</h5>
      <ul className={styles.hints}>
        {HINTS.map((hint) => (
          <li key={hint}>{hint}</li>
        ))}
      </ul>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  example: css({ margin: theme.spacing(2, 0) }),
  run: css({
    display: 'block',
    width: '100%',
    padding: theme.spacing(1),
    textAlign: 'left',
    border: 'none',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    color: theme.colors.text.primary,
    '&:hover': { background: theme.colors.emphasize(theme.colors.background.secondary, 0.03) },
  }),
  hints: css({ paddingLeft: theme.spacing(3) }),
});
