import { usePluginContext } from '@grafana/data';
import { EmbeddedScene, SceneTimeRange } from '@grafana/scenes';
import React, { useEffect, useMemo } from 'react';
import { settingsOf } from '../App/settings';
import { PageContext } from '../Page/context';
import { PageBody } from '../Page/PageBody';
import { CardBody } from './CardBody';

export interface IncidentCardProps {
  /** Id of an incident. */
  incident?: string;
  /** Or host and name of a container, whose last incident is shown. */
  container?: string;
}

const REFRESH_MS = 10_000;

/** One incident in brief, for other plugins: brings along what our components need of a page. */
function IncidentCard({ incident = '', container = '' }: IncidentCardProps) {
  const jsonData = usePluginContext()?.meta.jsonData;
  const { scene, range, facts } = useMemo(() => {
    const settings = settingsOf(jsonData ? { jsonData } : undefined);
    const timeRange = new SceneTimeRange({ from: 'now-1h', to: 'now', ...(settings.timeZone ? { timeZone: settings.timeZone } : {}) });
    const body = new PageBody({ Content: () => null, settings, params: {} });
    return { scene: new EmbeddedScene({ $timeRange: timeRange, body }), range: timeRange, facts: { body, settings, params: {} } };
  }, [jsonData]);
  useEffect(() => scene.activate(), [scene]);
  useEffect(() => {
    const timer = setInterval(() => range.onRefresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [range]);
  return (
    <PageContext.Provider value={facts}>
      <CardBody incident={incident} container={container} />
    </PageContext.Provider>
  );
}

export default IncidentCard;
