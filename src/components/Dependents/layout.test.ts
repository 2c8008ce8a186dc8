import { BOX, layOut, nodeTone, type GraphEdge, type GraphNode } from './layout';

const node = (id: string): GraphNode => ({ id, title: id, subtitle: 'shop', status: 'running', health: '' });
const edge = (source: string, target: string): GraphEdge => ({ source, target, why: 'depends on it' });

describe('layOut', () => {
  const ids = ['api', 'cache', 'db', 'disk', 'web'];
  const placed = layOut('api', ids.map(node), [edge('db', 'api'), edge('cache', 'api'), edge('disk', 'db'), edge('api', 'web'), edge('nobody', 'api')]);
  const at = (id: string) => placed.nodes.find((one) => one.id === id);

  it('puts what is needed to the left and what needs it to the right, a column for each step', () => {
    const columns = ids.map((id) => Math.round(((at(id)?.x ?? 0) - BOX.edge) / (BOX.width + BOX.gapX)));
    expect(Object.fromEntries(ids.map((id, index) => [id, columns[index]]))).toEqual({ disk: 0, db: 1, cache: 1, api: 2, web: 3 });
  });

  it('lets no two boxes lie on each other, and keeps all of them inside', () => {
    const places = placed.nodes.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Math.abs((at('db')?.y ?? 0) - (at('cache')?.y ?? 0))).toBeGreaterThanOrEqual(BOX.height + BOX.gapY);
    expect(placed.nodes.every(({ x, y }) => x >= 0 && y >= 0 && x + BOX.width <= placed.width && y + BOX.height <= placed.height)).toBe(true);
  });

  it('draws edges between boxes that are there, from the needed one to the one that needs it', () => {
    expect(placed.edges).toHaveLength(4);
    expect(placed.edges.every(({ x1, x2 }) => x1 < x2)).toBe(true);
  });

  it('ends for containers that depend on each other', () => {
    const circle = layOut('a', ['a', 'b'].map(node), [edge('a', 'b'), edge('b', 'a')]);
    expect([circle.nodes.length, circle.edges.length]).toEqual([2, 2]);
  });
});

test.each([
  ['ill', '', 'ill'],
  ['running', 'unhealthy', 'ill'],
  ['running', '', 'well'],
  ['running', 'starting', 'waiting'],
  ['exited', 'healthy', 'unknown'],
])('a container that is %s and %s is drawn as %s', (status, health, tone) => {
  expect(nodeTone({ status, health })).toBe(tone);
});
