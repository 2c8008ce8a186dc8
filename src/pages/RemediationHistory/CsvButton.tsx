import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { Button } from '@grafana/ui';
import React, { useState } from 'react';
import { usePage } from '../../components/Page/context';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { failureOf } from '../../hooks/failure';
import { useTimeRange } from '../../hooks/useTimeRange';
import { csvOf, download } from './csv';
import { readEverything, type HistoryQuery } from './RemediationHistory.hooks';

const count = (rows: number): string => rows.toLocaleString('en-US');

/** Everything that fits the filters as a file, not only the rows that were read. */
export function CsvButton({ query }: { query: HistoryQuery }) {
  const { settings } = usePage();
  const { range } = useTimeRange();
  const [read, setRead] = useState<number>();
  const save = async () => {
    setRead(0);
    const tell = (kind: typeof AppEvents.alertError, ...words: string[]) => getAppEvents().publish({ type: kind.name, payload: words });
    try {
      const { rows, complete } = await readEverything(settings.datasourceUid, query, { from: range.from.valueOf(), to: range.to.valueOf() }, setRead);
      download(`hemostat-remediations-${range.from.toISOString().slice(0, 10)}-${range.to.toISOString().slice(0, 10)}.csv`, csvOf(rows));
      if (complete) {
        tell(AppEvents.alertSuccess, t('history.csv-done', '{{count}} remediations saved', { count: count(rows.length) }));
      } else {
        tell(AppEvents.alertWarning, t('history.csv-cut', 'Only the newest {{count}} remediations were saved: that is the most one file takes', { count: count(rows.length) }), t('history.csv-cut-mend', 'Narrow the time range for the others.'));
      }
    } catch (cause) {
      const { message, mend = '' } = failureOf(cause);
      tell(AppEvents.alertError, message, mend);
    } finally {
      setRead(undefined);
    }
  };
  return (
    <Button variant="secondary" icon="download-alt" disabled={read !== undefined} onClick={() => void save()} data-testid={testIds.history.csv}>
      {read === undefined ? t('history.csv', 'Download CSV') : t('history.csv-reading', 'Reading: {{count}}', { count: count(read) })}
    </Button>
  );
}
