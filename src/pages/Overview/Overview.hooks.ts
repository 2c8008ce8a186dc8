import { useMemo } from 'react';
import { fleetOf, type FleetMember } from '../../components/Fleet/fleet';
import type { IncidentsAnswer } from '../../contract/api';
import { frameOf, rowsOf, type Row } from '../../hooks/rows';
import { useFrames, type Frames } from '../../hooks/useFrames';
import { useResource, type Resource } from '../../hooks/useResource';
import { actedOf, barsOf, type Acted, type Bar } from './Overview.utils';

const CONTAINERS = 5000;
const INCIDENTS = 200;
const ACTIONS = 500;

export interface OverviewData {
  incidents: Resource<IncidentsAnswer>;
  /** Undefined before the first answer. */
  members: FleetMember[] | undefined;
  fleetFrames: Frames;
  /** Undefined before the first answer. */
  activity: { statistics: Row | undefined; bars: Bar[]; step: number; acted: Acted[] } | undefined;
  activityFrames: Frames;
}

/** Everything that the page shows beside the state of the healer, in three requests a refresh. */
export function useOverview(): OverviewData {
  const incidents = useResource<IncidentsAnswer>('incidents', { limit: INCIDENTS });
  const fleetFrames = useFrames([{ queryType: 'containers', limit: CONTAINERS }]);
  const activityFrames = useFrames([
    { refId: 'statistics', queryType: 'statistics' },
    { refId: 'frequency', queryType: 'frequency' },
    { refId: 'remediations', queryType: 'remediations', limit: ACTIONS },
  ]);
  const { frames, loading } = activityFrames;
  const activity = useMemo(
    () =>
      frames.length === 0
        ? undefined
        : { statistics: rowsOf(frameOf(frames, 'statistics'))[0], ...barsOf(frameOf(frames, 'frequency')), acted: actedOf(rowsOf(frameOf(frames, 'remediations'))) },
    [frames]
  );
  const containers = fleetFrames.frames[0];
  const members = useMemo(() => {
    const done = new Set((activity?.acted ?? []).filter(({ status }) => status === 'success').map(({ key }) => key));
    return containers && fleetOf(rowsOf(containers), incidents.value?.incidents ?? [], done);
  }, [containers, incidents.value, activity]);
  return { incidents, members, fleetFrames, activity: loading ? undefined : activity, activityFrames };
}
