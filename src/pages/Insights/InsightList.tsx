import React from 'react';
import { Mark } from '../../components/Mark';
import { t } from '../../components/text';
import { testIds } from '../../components/testIds';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { plainName } from '../../components/words';
import { Box, Boxes, ToDo } from './Box';
import type { Insight } from './Insights.utils';

const SHOWN_FINDINGS = 5;

/** The statistics' own summary begins with the findings themselves: these are not told twice. */
function Findings({ findings: all, summary }: Pick<Insight, 'findings' | 'summary'>) {
  const findings = all.filter(({ text }) => !summary.includes(text));
  const rest = findings.length - SHOWN_FINDINGS;
  return findings.length === 0 ? null : (
    <ul style={{ margin: '0 0 0 20px' }}>
      {findings.slice(0, SHOWN_FINDINGS).map(({ series, text, severity }, index) => (
        <li key={`${series} ${index}`}>
          {severity}: {text}
        </li>
      ))}
      {rest > 0 ? <li>{t('insights.more', 'and {{count}} more', { count: rest })}</li> : null}
    </ul>
  );
}

/** Analyses of dashboards, newest first. */
export function InsightList({ insights }: { insights: readonly Insight[] }) {
  return (
    <Boxes data-testid={testIds.insights.list}>
      {insights.map((insight) => (
        <Box
          key={insight.id}
          data-testid={testIds.insights.insight}
          head={
            <>
              <Mark tone={insight.severity ? severityTone(insight.severity) : 'waiting'}>{insight.severity || t('insights.failed', 'no analysis')}</Mark>
              <strong>{insight.dashboard}</strong>
              <span>{plainName(insight.kind)}</span>
              <When at={insight.at} />
              {insight.method === 'model' ? <span>{t('insights.worded', 'worded by a language model')}</span> : null}
            </>
          }
        >
          <div>{insight.summary}</div>
          <Findings findings={insight.findings} summary={insight.summary} />
          <ToDo lines={insight.recommendations} />
          {insight.fallback ? <div>{t('insights.fallback', 'The statistics word it: {{why}}.', { why: insight.fallback })}</div> : null}
        </Box>
      ))}
    </Boxes>
  );
}
