import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { CONDITION_SIGNS, conditionWords, countConditions } from '../../../components/Fleet/fleet';
import { Empty } from '../../../components/State/Empty';
import { Failed } from '../../../components/State/Failed';
import { Loading } from '../../../components/State/Loading';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { useFrames } from '../../../hooks/useFrames';
import { useTimeRange } from '../../../hooks/useTimeRange';
import { useUrlState } from '../../../hooks/useUrlState';
import { ContainerTable } from './ContainerTable';
import { ListFilters } from './ListFilters';
import { descendsFirst, filtered, isSort, LIST_QUERIES, listedOf, sorted, type Sort } from './list';

/** Rows that are drawn first; more on demand, since thousands of rows are slow to draw anew with every refresh. */
const ROWS = 300;

/** Every container with how it is, what it uses and what happened to it last (R044 to R051). */
export function ContainerList() {
  const styles = useStyles2(getStyles);
  const { frames, loading, failure, notices } = useFrames(LIST_QUERIES);
  const { refresh } = useTimeRange();
  const [url, setUrl] = useUrlState('q', 'project', 'host', 'state', 'removed', 'sort', 'order');
  const [most, setMost] = useState(ROWS);
  const all = useMemo(() => listedOf(frames), [frames]);
  const sort: Sort = isSort(url.sort[0]) ? url.sort[0] : 'condition';
  const descending = url.order[0] === undefined ? descendsFirst(sort) : url.order[0] === 'desc';
  const filter = { text: url.q[0] ?? '', projects: url.project, hosts: url.host, conditions: url.state, removed: url.removed[0] === '1' };
  const fitting = filtered(all, filter);
  const rows = sorted(fitting, sort, descending).slice(0, most);
  const sortBy = (column: Sort) => {
    const turn = column === sort ? !descending : descendsFirst(column);
    setUrl({ sort: column, order: turn ? 'desc' : 'asc' });
  };

  if (loading) {
    return <Loading />;
  }
  return (
    <div className={styles.page}>
      {failure ? <Failed failure={failure} retry={refresh} stale={all.length > 0} /> : null}
      {all.length === 0 && !failure ? (
        <Empty title={t('containers.none', 'No container is known yet')}>
          {t('containers.none-how', 'The monitor writes them here as soon as it sees a Docker engine. Run it by: npx hemostat agent monitor. What stands in its way says: npx hemostat doctor.')}
        </Empty>
      ) : null}
      {all.length > 0 ? (
        <>
          <ListFilters all={all} filter={filter} change={setUrl} />
          <div className={styles.count} data-testid={testIds.containers.count} role="status">
            {t('containers.count', '{{shown}} of {{total}} containers', { shown: fitting.length, total: all.length })}
            {countConditions(fitting).map(([condition, count]) => ` · ${CONDITION_SIGNS[condition]} ${count} ${conditionWords(condition)}`)}
          </div>
          {fitting.length === 0 ? (
            <Empty title={t('containers.no-fit', 'No container fits the filters')}>
              <Button variant="secondary" size="sm" onClick={() => setUrl({ q: '', project: [], host: [], state: [] })}>
                {t('containers.clear', 'Clear the filters')}
              </Button>
            </Empty>
          ) : (
            <ContainerTable rows={rows} sort={sort} descending={descending} sortBy={sortBy} />
          )}
          {fitting.length > rows.length ? (
            <Button variant="secondary" className={styles.more} onClick={() => setMost(most + ROWS)}>
              {t('containers.more', 'Show more: {{left}} are left', { left: fitting.length - rows.length })}
            </Button>
          ) : null}
        </>
      ) : null}
      {notices.map((notice) => (
        <div key={notice} className={styles.count}>
          {notice}
        </div>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
  count: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  more: css({ alignSelf: 'center' }),
});
