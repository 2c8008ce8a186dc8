import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useCallback } from 'react';
import { FilterBar, type Choice } from '../../components/FilterBar/FilterBar';
import { Empty } from '../../components/State/Empty';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { t } from '../../components/text';
import { resultWords, verdictWords } from '../../components/words';
import type { FiltersAnswer } from '../../contract/api';
import { useOnce } from '../../hooks/useOnce';
import { useTimeRange } from '../../hooks/useTimeRange';
import { Counts } from './Counts';
import { CsvButton } from './CsvButton';
import { HistoryTable } from './HistoryTable';
import { FILTER_NAMES, MOST_ROWS, useFilters, useHistory, type FilterName, type Filters, type History } from './RemediationHistory.hooks';

const STATUSES = ['success', 'failed', 'rejected', 'not_applicable', 'dry_run'];
const VERDICTS = ['helped', 'no_change', 'worse'];

const optionsOf = (values: readonly string[] = [], label = (value: string) => value) => values.map((value) => ({ value, label: label(value) }));

const choicesOf = (filters: Filters, offered: FiltersAnswer | undefined): Array<Choice<FilterName>> => [
  { name: 'status', label: t('history.filter-status', 'Status'), options: optionsOf(STATUSES, resultWords), chosen: filters.status },
  { name: 'verdict', label: t('history.filter-verdict', 'Verdict'), options: optionsOf(VERDICTS, verdictWords), chosen: filters.verdict },
  { name: 'action', label: t('history.filter-action', 'Action'), options: optionsOf(offered?.actions), chosen: filters.action },
  { name: 'container', label: t('history.filter-container', 'Container'), options: optionsOf(offered?.containers), chosen: filters.container },
  { name: 'project', label: t('history.filter-project', 'Project'), options: optionsOf(offered?.projects), chosen: filters.project },
];

function Nothing({ clear }: { clear: (() => void) | undefined }) {
  return clear ? (
    <Empty title={t('history.no-fit', 'No remediation in this time range fits the filters')}>
      <Button variant="secondary" size="sm" onClick={clear}>
        {t('history.clear', 'Clear the filters')}
      </Button>
    </Empty>
  ) : (
    <Empty title={t('history.empty', 'Nothing was done in this time range, and nothing was refused')}>
      {t('history.empty-how', 'Choose a longer range. What HemoStat does, refuses, or would do in mode observe stands here as soon as a container falls ill.')}
    </Empty>
  );
}

/** Rows with the head of the table; -1 while it is not known. */
const totalOf = ({ more, full, rows }: History): number => (more || full ? -1 : rows.length + 1);

function endWords({ more, full, rows }: History): string {
  if (full) {
    return t('history.full', 'The newest {{count}} are shown: narrow the time range for the others.', { count: MOST_ROWS.toLocaleString('en-US') });
  }
  return more ? t('history.reading', 'Reading older ones …') : t('history.end', 'All {{count}} are shown.', { count: rows.length });
}

/** Everything that was done, refused or only observed, with what came of it (R052 to R057). */
function RemediationHistory() {
  const styles = useStyles2(getStyles);
  const { refresh } = useTimeRange();
  const { filters, opened, query, setUrl, narrowed } = useFilters();
  const history = useHistory(query);
  const { value: offered } = useOnce<FiltersAnswer>('schema/filters');
  const { rows, failure, loading } = history;
  const bare = rows.length === 0 && !history.more;
  const toggle = useCallback((id: string) => setUrl({ open: opened.includes(id) ? opened.filter((one) => one !== id) : [...opened, id] }), [opened, setUrl]);
  const clear = () => setUrl(Object.fromEntries(FILTER_NAMES.map((name) => [name, []])));
  return (
    <div className={styles.page}>
      <FilterBar choices={choicesOf(filters, offered)} change={setUrl}>
        <CsvButton query={query} />
      </FilterBar>
      <Counts query={query} />
      {failure ? <Failed failure={failure} retry={refresh} stale={rows.length > 0} /> : null}
      {loading ? <Loading /> : null}
      {bare && !loading && !failure ? <Nothing clear={narrowed ? clear : undefined} /> : null}
      {bare ? null : (
        <HistoryTable
          rows={rows}
          total={totalOf(history)}
          opened={opened}
          toggle={toggle}
          readMore={history.readMore}
          footer={
            <div className={styles.notice} role="status">
              {endWords(history)}
            </div>
          }
        />
      )}
      {history.notices.map((notice) => (
        <div key={notice} className={styles.notice}>
          {notice}
        </div>
      ))}
    </div>
  );
}

export default RemediationHistory;

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
  notice: css({ padding: theme.spacing(0.5, 1), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
