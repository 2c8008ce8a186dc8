import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { FilterBar } from '../../components/FilterBar/FilterBar';
import { Section } from '../../components/Section';
import { Empty } from '../../components/State/Empty';
import { Ready } from '../../components/State/Ready';
import { t } from '../../components/text';
import { useFrames } from '../../hooks/useFrames';
import { useUrlState } from '../../hooks/useUrlState';
import { ErrorRates } from './ErrorRates';
import { InsightList } from './InsightList';
import { readInsights } from './Insights.utils';

const LIMIT = 200;
const SEVERITIES = ['low', 'medium', 'high', 'critical'];

function Nothing({ narrowed }: { narrowed: boolean }) {
  return narrowed ? (
    <Empty title={t('insights.no-fit', 'Nothing of this severity in this time range')}>{t('insights.no-fit-how', 'Take the filter out, or choose a longer range.')}</Empty>
  ) : (
    <Empty title={t('insights.empty', 'Nothing was analysed in this time range')}>
      {t('insights.empty-how', 'The updater analyses what dashboard_config.json names, and HemoStat itself without that file. Start it with: npx hemostat agent updater')}
    </Empty>
  );
}

/** What the updater has found out: which error rates were high and why, and what the series of dashboards show. */
function Insights() {
  const styles = useStyles2(getStyles);
  const [{ severity }, setUrl] = useUrlState('severity');
  const { frames, failure, loading, notices, runner } = useFrames([{ queryType: 'insights', limit: LIMIT, filters: { severities: severity } }]);
  const found = useMemo(() => (loading && frames.length === 0 ? undefined : readInsights(frames)), [frames, loading]);
  const value = failure && frames.length === 0 ? undefined : found;
  return (
    <div className={styles.page}>
      <FilterBar choices={[{ name: 'severity', label: t('insights.severity', 'Severity'), options: SEVERITIES.map((one) => ({ value: one, label: one })), chosen: severity }]} change={setUrl} />
      <Ready of={{ value, loading, failure, reload: () => runner.runQueries() }}>
        {({ insights, episodes }) =>
          insights.length + episodes.length === 0 ? (
            <Nothing narrowed={severity.length > 0} />
          ) : (
            <>
              <Section title={t('insights.rates', 'Error rates above their limit')}>
                <ErrorRates episodes={episodes} />
              </Section>
              <Section title={t('insights.dashboards', 'Dashboards')}>
                <InsightList insights={insights} />
              </Section>
            </>
          )
        }
      </Ready>
      {[...new Set(notices)].map((notice) => (
        <div key={notice} className={styles.notice}>
          {notice}
        </div>
      ))}
    </div>
  );
}

export default Insights;

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  notice: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
