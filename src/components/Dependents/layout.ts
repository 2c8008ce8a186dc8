import type { Tone } from '../tone';

export interface GraphNode {
  /** Key of the container. */
  id: string;
  title: string;
  /** Project or host. */
  subtitle: string;
  status: string;
  /** Empty when it has no health check. */
  health: string;
}

/** `source` is needed by `target`. */
export interface GraphEdge {
  source: string;
  target: string;
  why: string;
}

export interface PlacedNode extends GraphNode {
  x: number;
  y: number;
}
export interface PlacedEdge extends GraphEdge {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export const BOX = { width: 180, height: 48, gapX: 90, gapY: 16, edge: 4 } as const;

/** Steps from the target along edges in one direction; the target itself is 0. */
function distances(target: string, edges: readonly GraphEdge[], from: 'source' | 'target', to: 'source' | 'target'): Map<string, number> {
  const found = new Map([[target, 0]]);
  const queue = [target];
  for (const id of queue) {
    for (const edge of edges) {
      if (edge[from] === id && !found.has(edge[to])) {
        found.set(edge[to], (found.get(id) ?? 0) + 1);
        queue.push(edge[to]);
      }
    }
  }
  return found;
}

/**
 * What the target needs stands to its left, what needs it to its right, a column for each step. Pure, and the same for the same answer.
 * @returns places in pixels, and the size of the whole
 */
export function layOut(target: string, nodes: readonly GraphNode[], edges: readonly GraphEdge[]): { nodes: PlacedNode[]; edges: PlacedEdge[]; width: number; height: number } {
  const needs = distances(target, edges, 'target', 'source');
  const needed = distances(target, edges, 'source', 'target');
  const level = ({ id }: GraphNode) => needed.get(id) ?? -(needs.get(id) ?? 0);
  const levels = [...new Set(nodes.map(level))].sort((a, b) => a - b);
  const columns = levels.map((one) => nodes.filter((node) => level(node) === one).sort((a, b) => a.id.localeCompare(b.id)));
  const step = BOX.height + BOX.gapY;
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const placed = columns.flatMap((column, index) =>
    column.map((node, row) => ({ ...node, x: BOX.edge + index * (BOX.width + BOX.gapX), y: BOX.edge + ((tallest - column.length) / 2 + row) * step }))
  );
  const places = new Map(placed.map((node) => [node.id, node]));
  const drawn = edges.flatMap((edge): PlacedEdge[] => {
    const [source, end] = [places.get(edge.source), places.get(edge.target)];
    return source && end ? [{ ...edge, x1: source.x + BOX.width, y1: source.y + BOX.height / 2, x2: end.x, y2: end.y + BOX.height / 2 }] : [];
  });
  return { nodes: placed, edges: drawn, width: columns.length * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.edge, height: tallest * step - BOX.gapY + 2 * BOX.edge };
}

/** Colour of a node; its words say the same. */
export function nodeTone({ status, health }: Pick<GraphNode, 'status' | 'health'>): Tone {
  if (status === 'ill' || health === 'unhealthy') {
    return 'ill';
  }
  return status !== 'running' ? 'unknown' : health === 'starting' ? 'waiting' : 'well';
}
