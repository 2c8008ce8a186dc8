import React from 'react';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { TimeChart, TimeCharts } from '../../components/TimeChart/TimeChart';
import type { StatusPayload } from '../../contract/observability/payloads';
import { knownPercent, knownTime, lineOf } from './SystemStatus.utils';

/** R159 to R167: how it was, and means over all of it. */
export function History({ historical: { data, summary } }: Pick<StatusPayload, 'historical'>) {
  const score = summary.avg_health_score;
  return (
    <Section title={t('system.history', 'The last 24 hours')} data-testid={testIds.system.history}>
      {summary.points === 0 ? (
        <p>{t('system.no-history', 'There is no history yet: the observer adds a point each half minute.')}</p>
      ) : (
        <>
          <p style={{ margin: 0 }}>
            {t('system.averages', 'Mean of {{points}} points over {{hours}} h: score {{score}}, availability {{availability}}, answers in {{response}}', {
              points: summary.points,
              hours: summary.timespan_hours,
              score: score === null ? t('system.unknown', 'unknown') : score,
              availability: knownPercent(summary.avg_availability),
              response: knownTime(summary.avg_response_time),
            })}
          </p>
          <TimeCharts least={300}>
            <TimeChart
              title={t('system.chart-health', 'Score, availability, breakers')}
              unit="none"
              max={100}
              lines={[lineOf(data, 'health_score', t('system.score', 'Score')), lineOf(data, 'availability', t('system.availability', 'Availability (%)')), lineOf(data, 'circuit_breaker_health', t('system.breaker-health', 'Breakers closed (%)'))]}
            />
            <TimeChart title={t('system.chart-resources', 'CPU and memory of the host')} unit="percent" max={100} lines={[lineOf(data, 'cpu_usage', t('system.cpu', 'CPU')), lineOf(data, 'memory_usage', t('system.memory', 'Memory'))]} />
            <TimeChart title={t('system.chart-response', 'Mean response time')} unit="ms" lines={[lineOf(data, 'response_time', t('system.response', 'Response time'))]} />
          </TimeCharts>
        </>
      )}
    </Section>
  );
}
