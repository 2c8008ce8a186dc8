import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { FilterBar } from '../../components/FilterBar/FilterBar';
import { t } from '../../components/text';
import { plainName } from '../../components/words';
import type { FiltersAnswer } from '../../contract/api';
import { eventMark, severityMark } from '../../contract/story/marks';
import { useOnce } from '../../hooks/useOnce';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useUrlState } from '../../hooks/useUrlState';
import { EventList } from './EventList';
import type { TimelineFilters } from './EventTimeline.hooks';
import { FrequencyGraph } from './FrequencyGraph';

const optionsOf = (values: readonly string[] = [], label = (value: string) => value) => values.map((value) => ({ value, label: label(value) }));
const EVERYTHING = { type: [], severity: [], container: [], incident: [], q: '' };

/** All events, newest first, with their frequency over time (R058 to R062). */
function EventTimeline() {
  const styles = useStyles2(getStyles);
  const { range } = useTimeRange();
  const [url, setUrl] = useUrlState('type', 'severity', 'container', 'incident', 'q', 'event', 'live');
  const [total, setTotal] = useState<number>();
  const { value: offered } = useOnce<FiltersAnswer>('schema/filters');
  const [text = ''] = url.q;
  const filters = useMemo<TimelineFilters>(
    () => ({ types: url.type, severities: url.severity, containers: url.container, incidents: url.incident, text }),
    [url.type, url.severity, url.container, url.incident, text]
  );
  // Counts are kept by type alone.
  const counted = [...filters.severities, ...filters.containers, ...filters.incidents, text].every((one) => one === '');
  const narrowed = Object.values(filters).some((value) => value.length > 0);
  const endsNow = range.raw.to === 'now';
  // Another question: the list begins anew. A range that moves with the clock is the same question.
  const question = JSON.stringify([filters, String(range.raw.from), String(range.raw.to)]);
  return (
    <div className={styles.page}>
      <FrequencyGraph types={filters.types} onTotal={setTotal} />
      <FilterBar
        search={{ name: 'q', label: t('timeline.search', 'Text of the event'), value: text }}
        choices={[
          { name: 'type', label: t('timeline.filter-type', 'Type'), options: optionsOf(offered?.types, (type) => `${eventMark(type)} ${plainName(type)}`), chosen: url.type },
          { name: 'severity', label: t('timeline.filter-severity', 'Severity of alerts'), options: optionsOf(offered?.severities, severityMark), chosen: url.severity },
          { name: 'container', label: t('timeline.filter-container', 'Container'), options: optionsOf(offered?.containers), chosen: url.container },
          { name: 'incident', label: t('timeline.filter-incident', 'Incident'), options: [], chosen: url.incident },
        ].filter(({ name, chosen }) => name !== 'incident' || chosen.length > 0)}
        change={setUrl}
      />
      <EventList
        key={question}
        filters={filters}
        opened={url.event}
        setOpened={(event) => setUrl({ event })}
        live={url.live[0] !== 'off'}
        setLive={(live) => setUrl({ live: live ? '' : 'off' })}
        endsNow={endsNow}
        narrow={setUrl}
        clear={narrowed ? () => setUrl(EVERYTHING) : undefined}
        total={counted ? total : undefined}
      />
    </div>
  );
}

export default EventTimeline;

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
});
