import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { toneColor, type Tone } from '../../../components/tone';
import { agentTracePath, incidentPath } from '../../../constants';
import type { LogEntry } from '../../../contract/observability/schemas';
import { plainText } from '../../../contract/story/plain-text';
import { absoluteTime, clockText } from '../../../contract/story/time';
import { useTimeRange } from '../../../hooks/useTimeRange';
import { Facts, type Fact } from '../Facts';

const TONES: Record<string, Tone> = { fatal: 'ill', error: 'ill', warn: 'waiting', info: 'healed' };
const levelTone = (level: string): Tone => (Object.hasOwn(TONES, level) ? (TONES[level] ?? 'unknown') : 'unknown');

export const LOG_LINE_HEIGHT = 32;

export interface LogLineProps {
  entry: LogEntry;
  open: boolean;
  toggle: () => void;
  /** False inside of the trace that it belongs to. */
  linked?: boolean;
}

function factsOf({ timestamp, message, agent_id: agent, trace_id: trace, span_id: step, incident_id: incident, attributes }: LogEntry, timeZone: string, linked: boolean): Fact[] {
  return [
    [t('agents.log-time', 'Time'), `${absoluteTime(timestamp, timeZone)}, ${clockText(timestamp, timeZone, true)}`],
    [t('agents.log-message', 'Message'), message],
    [t('agents.log-agent', 'Agent'), agent],
    ...(incident ? [[t('agents.log-incident', 'Incident'), <TextLink key="i" href={incidentPath(incident)}>{incident}</TextLink>] as Fact] : []),
    ...(trace && linked ? [[t('agents.log-trace', 'Trace'), <TextLink key="t" href={agentTracePath(trace)}>{trace}</TextLink>] as Fact] : []),
    ...(step ? [[t('agents.log-step', 'Step'), step] as Fact] : []),
    ...Object.entries(attributes).map(([name, value]): Fact => [name, String(value)]),
  ];
}

/** One log line; opened it shows everything that came with it. What it says was written by others: it is text. */
export function LogLine({ entry, open, toggle, linked = true }: LogLineProps) {
  const styles = useStyles2(getStyles);
  const { timeZone } = useTimeRange();
  const { timestamp, level, message, agent_id: agent } = entry;
  return (
    <div className={styles.row} data-testid={testIds.agents.log}>
      <button type="button" data-row-focus aria-expanded={open} className={styles.line} onClick={toggle}>
        <Icon name={open ? 'angle-down' : 'angle-right'} className={styles.quiet} />
        <span className={styles.time} title={absoluteTime(timestamp, timeZone)}>
          {clockText(timestamp, timeZone, true)}
        </span>
        <span className={styles.level(levelTone(level))}>{level}</span>
        <span className={styles.agent}>{agent}</span>
        <span className={styles.text}>{plainText(message, 400)}</span>
      </button>
      {open ? (
        <div className={styles.details} data-testid={testIds.agents.logDetails}>
          <Facts facts={factsOf(entry, timeZone, linked)} />
        </div>
      ) : null}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const small = { fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'nowrap' } as const;
  return {
    row: css({ borderBottom: `1px solid ${theme.colors.border.weak}` }),
    line: css({
      all: 'unset',
      boxSizing: 'border-box',
      display: 'flex',
      width: '100%',
      minHeight: LOG_LINE_HEIGHT,
      alignItems: 'center',
      gap: theme.spacing(1),
      padding: theme.spacing(0.25, 1),
      cursor: 'pointer',
      '&:hover': { background: theme.colors.background.secondary },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
      [theme.breakpoints.down('md')]: { flexWrap: 'wrap', rowGap: 0 },
    }),
    quiet: css({ flex: '0 0 auto', color: theme.colors.text.secondary }),
    time: css({ ...small, flex: '0 0 92px', color: theme.colors.text.secondary, fontFamily: theme.typography.fontFamilyMonospace }),
    level: (tone: Tone) => css({ ...small, flex: '0 0 44px', color: toneColor(theme, tone), fontFamily: theme.typography.fontFamilyMonospace }),
    agent: css({ ...small, flex: '0 0 84px', overflow: 'hidden', textOverflow: 'ellipsis', color: theme.colors.text.secondary }),
    text: css({ flex: '1 1 0', minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', [theme.breakpoints.down('md')]: { flex: '1 0 100%', whiteSpace: 'normal', overflowWrap: 'anywhere', paddingLeft: theme.spacing(3) } }),
    details: css({ padding: theme.spacing(0.5, 1, 1, 4) }),
  };
};
