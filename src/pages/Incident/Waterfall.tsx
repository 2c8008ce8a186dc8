import { InlineSwitch, Stack } from '@grafana/ui';
import React from 'react';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { t } from '../../components/text';
import { shownBars, waterfallOf, type Waterfall as Drawn } from '../../components/Waterfall/waterfall';
import { LONG_MS, WaterfallChart } from '../../components/Waterfall/WaterfallChart';
import { rowsOf } from '../../hooks/rows';
import { useFrames } from '../../hooks/useFrames';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useUrlState } from '../../hooks/useUrlState';

function Drawing({ drawn }: { drawn: Drawn }) {
  const [{ scale: chosen, guards }, set] = useUrlState('scale', 'guards');
  const enlarged = chosen[0] ? chosen[0] === 'enlarged' : drawn.length > LONG_MS;
  const all = guards[0] === 'all';
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap">
        <InlineSwitch label={t('incident.enlarged', 'Short steps drawn larger')} showLabel value={enlarged} onChange={() => set({ scale: enlarged ? 'even' : 'enlarged' })} />
        <InlineSwitch label={t('incident.every-guard', 'Every guard')} showLabel value={all} onChange={() => set({ guards: all ? [] : 'all' })} />
      </Stack>
      <WaterfallChart drawn={{ ...drawn, bars: shownBars(drawn.bars, all) }} enlarged={enlarged} />
    </>
  );
}

/** What took how long, from the first sign to the verdict. @param id of the incident */
export function Waterfall({ id }: { id: string }) {
  const { refresh } = useTimeRange();
  const { frames, loading, failure } = useFrames([{ queryType: 'trace', target: id }]);
  const drawn = waterfallOf(rowsOf(frames[0]));
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={drawn !== undefined} /> : null}
      {loading ? <Loading /> : null}
      {drawn ? <Drawing drawn={drawn} /> : null}
    </>
  );
}
