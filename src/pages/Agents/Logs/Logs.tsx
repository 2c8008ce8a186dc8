import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { FilterBar } from '../../../components/FilterBar/FilterBar';
import { Section } from '../../../components/Section';
import { Ready } from '../../../components/State/Ready';
import { t } from '../../../components/text';
import { VirtualList } from '../../../components/VirtualList/VirtualList';
import type { AgentLogsAnswer } from '../../../contract/observability/payloads';
import { useResource } from '../../../hooks/useResource';
import { useUrlState } from '../../../hooks/useUrlState';
import { failureOfSource } from '../Agents.utils';
import { Select } from '../Select';
import { Unread } from '../Sources';
import { keysOf } from './keys';
import { LogLine, LOG_LINE_HEIGHT } from './LogLine';

const LIMIT = 300;
/** A line of this level and above. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];

function Lines({ logs, more }: Pick<AgentLogsAnswer, 'logs' | 'more'>) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState<readonly string[]>([]);
  const keys = useMemo(() => keysOf(logs), [logs]);
  const keyOf = useCallback((index: number) => keys[index] ?? index, [keys]);
  const toggle = (key: string) => setOpen((before) => (before.includes(key) ? before.filter((one) => one !== key) : [...before, key]));
  return (
    <div onKeyDown={(event) => event.key === 'Escape' && setOpen([])}>
      <VirtualList
        count={logs.length}
        itemKey={keyOf}
        rowHeight={LOG_LINE_HEIGHT}
        boxProps={{ role: 'region', 'aria-label': t('agents.logs-box', 'Log lines'), className: styles.box }}
        bodyProps={{ role: 'list', 'aria-label': t('agents.logs-label', 'Log lines of the agents, newest first') }}
        rowProps={() => ({ role: 'listitem' })}
        footer={more ? <div className={styles.quiet}>{t('agents.logs-more', 'These are the newest {{count}}: narrow them by the filters, or choose a shorter range.', { count: logs.length })}</div> : null}
      >
        {(index) => {
          const entry = logs[index];
          const key = keys[index] ?? '';
          return entry ? <LogLine entry={entry} open={open.includes(key)} toggle={() => toggle(key)} /> : null;
        }}
      </VirtualList>
    </div>
  );
}

/** R370, R371: what the agents write, newest first. @param agents names that are offered */
export function Logs({ minutes, agents }: { minutes: number; agents: readonly string[] }) {
  const [{ level, agent, log }, set] = useUrlState('level', 'agent', 'log');
  const [text = ''] = log;
  const logs = useResource<AgentLogsAnswer>('dashboard/logs', { minutes, limit: LIMIT, level: level[0], agent_id: agent[0], text: text || undefined });
  const narrowed = Boolean(level[0] ?? agent[0] ?? text);
  return (
    <Section title={t('agents.logs', 'Logs')}>
      <FilterBar search={{ name: 'log', label: t('agents.logs-search', 'Part of the message'), value: text }} choices={[]} change={set}>
        <Select
          label={t('agents.logs-level', 'Level of log lines')}
          options={[{ value: 'all', label: t('agents.every-level', 'Every level') }, ...LEVELS.map((value) => ({ value, label: t('agents.level-and-above', '{{level}} and above', { level: value }) }))]}
          value={level[0]}
          onChange={(value) => set({ level: value })}
        />
        <Select label={t('agents.logs-agent', 'Agent of log lines')} options={[{ value: 'all', label: t('agents.every-agent', 'Every agent') }, ...agents.map((value) => ({ value, label: value }))]} value={agent[0]} onChange={(value) => set({ agent: value })} />
      </FilterBar>
      <Ready of={logs}>
        {({ logs: lines, more, sources }) => {
          const failed = failureOfSource(sources, 'logs');
          if (failed) {
            return <Unread state={failed} />;
          }
          return lines.length === 0 ? <p>{narrowed ? t('agents.no-logs-fit', 'No log line in this time range fits the filters.') : t('agents.no-logs', 'No agent wrote a log line in this time range.')}</p> : <Lines logs={lines} more={more} />;
        }}
      </Ready>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ maxHeight: '420px !important' }),
  quiet: css({ padding: theme.spacing(1), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
