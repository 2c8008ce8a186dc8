import type { DataFrame } from '@grafana/data';
import React, { useMemo } from 'react';
import { DependentsGraph } from '../../../components/Dependents/DependentsGraph';
import type { GraphEdge, GraphNode } from '../../../components/Dependents/layout';
import { Empty } from '../../../components/State/Empty';
import { Failed } from '../../../components/State/Failed';
import { Loading } from '../../../components/State/Loading';
import { t } from '../../../components/text';
import { rowsOf } from '../../../hooks/rows';
import { useFrames } from '../../../hooks/useFrames';
import { useTimeRange } from '../../../hooks/useTimeRange';

function graphOf(frames: readonly DataFrame[]): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const named = (name: string) => rowsOf(frames.find((frame) => frame.name === name));
  return {
    nodes: named('nodes').map((row) => ({ id: row.text('id'), title: row.text('title'), subtitle: row.text('subtitle'), status: row.text('mainstat'), health: row.text('secondarystat') })),
    edges: named('edges').map((row) => ({ source: row.text('source'), target: row.text('target'), why: row.text('mainstat') })),
  };
}

/** Parents and dependents of a container. @param name its key */
export function Dependents({ name }: { name: string }) {
  const { frames, loading, failure } = useFrames([{ queryType: 'dependents', target: name }]);
  const { refresh } = useTimeRange();
  const { nodes, edges } = useMemo(() => graphOf(frames), [frames]);
  if (loading) {
    return <Loading />;
  }
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={nodes.length > 0} /> : null}
      {edges.length > 0 ? <DependentsGraph target={name} nodes={nodes} edges={edges} /> : null}
      {edges.length === 0 && !failure ? (
        <Empty title={t('dependents.alone', 'It stands alone')}>{t('dependents.alone-how', 'A shared network, depends_on of Docker Compose, or the label hemostat.depends=NAME would show here.')}</Empty>
      ) : null}
    </>
  );
}
