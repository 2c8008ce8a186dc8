import { TextLink } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { EvidenceList } from '../../components/Story/EvidenceList';
import { t } from '../../components/text';
import { testIds } from '../../components/testIds';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { incidentPath } from '../../constants';
import { sentence } from '../../contract/story/plain-text';
import { durationText, percentText } from '../../contract/story/time';
import { useNow } from '../../hooks/useNow';
import { Box, Boxes, ToDo } from './Box';
import { byUrgency, type ErrorEpisode } from './Insights.utils';

const percent = (share: number | undefined) => percentText(share === undefined ? undefined : share * 100);
const SLOW_MS = 10_000;

function figures({ value, worst, threshold, ended }: ErrorEpisode): string {
  const given = { value: percent(value), worst: percent(worst), limit: percent(threshold) };
  return ended === undefined
    ? t('insights.figures', '{{value}} of the requests fail, at worst {{worst}}; the limit is {{limit}}', given)
    : t('insights.figures-ended', 'At worst {{worst}} failed; the limit is {{limit}}', given);
}

function howSure({ confidence, method }: ErrorEpisode): string {
  const by = method === 'model' ? t('insights.by-model', 'worded by a language model over what the statistics found') : t('insights.by-statistics', 'by statistics and incidents');
  return t('insights.confidence', 'Confidence {{confidence}}, {{by}}', { confidence: percent(confidence), by });
}

function Episode({ episode }: { episode: ErrorEpisode }) {
  const now = useNow(SLOW_MS);
  const { began = Number.NaN, ended, rate, severity, cause, incident, panels } = episode;
  const lasting = durationText(Math.max(0, (ended ?? now) - began));
  return (
    <Box
      data-testid={testIds.insights.rate}
      head={
        <>
          <Mark tone={ended === undefined ? severityTone(severity) : 'well'}>{ended === undefined ? t('insights.lasts', 'lasts') : t('insights.ended', 'over')}</Mark>
          <strong>{rate}</strong>
          <span>{severity}</span>
          <span>
            <When at={began} /> · {ended === undefined ? t('insights.for', 'for {{duration}}', { duration: lasting }) : t('insights.lasted', 'lasted {{duration}}', { duration: lasting })}
          </span>
        </>
      }
    >
      <div>{figures(episode)}</div>
      <div>{t('insights.cause', 'Cause: {{cause}}', { cause: sentence(cause) })}</div>
      <div>
        {howSure(episode)}
        {incident ? (
          <>
            {' · '}
            <TextLink href={incidentPath(incident)} inline>
              {t('insights.incident', 'open the incident')}
            </TextLink>
          </>
        ) : null}
        {panels > 0 ? ` · ${t('insights.panels', 'annotated on panels: {{count}}', { count: panels })}` : null}
      </div>
      <ToDo lines={episode.recommendations} />
      {episode.evidence.length > 0 ? <EvidenceList evidence={episode.evidence} /> : null}
    </Box>
  );
}

/** Times at which an error rate was above its limit; those that last come first. */
export function ErrorRates({ episodes }: { episodes: readonly ErrorEpisode[] }) {
  return episodes.length === 0 ? (
    <p>{t('insights.no-rates', 'No error rate was above its limit in this time range.')}</p>
  ) : (
    <Boxes data-testid={testIds.insights.rates}>
      {[...episodes].sort(byUrgency).map((episode) => (
        <Episode key={episode.id} episode={episode} />
      ))}
    </Boxes>
  );
}
