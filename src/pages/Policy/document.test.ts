import { parsePolicy, type PolicyDocument } from '../../contract/policy';
import { changedBy, differences, layerOf, withLayerValue } from './document';

function documentOf(value: unknown): PolicyDocument {
  const parsed = parsePolicy(value);
  if (!parsed.ok) {
    throw new Error(parsed.problems.join('; '));
  }
  return parsed.document;
}

describe('withLayerValue', () => {
  const document = documentOf({ defaults: { mode: 'auto', breaker: { failures: 2 } }, projects: { 'a.b': { mode: 'observe' } } });

  it('sets and takes out values, nested ones and those of projects, and leaves the rest alone', () => {
    expect(withLayerValue(document, '', 'cooldown_seconds', 60).defaults).toEqual({ mode: 'auto', breaker: { failures: 2 }, cooldown_seconds: 60 });
    expect(withLayerValue(document, '', 'breaker.window_seconds', 9).defaults.breaker).toEqual({ failures: 2, window_seconds: 9 });
    expect(withLayerValue(document, '', 'breaker.failures', undefined).defaults).toEqual({ mode: 'auto' });
    expect(withLayerValue(document, 'new', 'dry_run', true).projects).toEqual({ 'a.b': { mode: 'observe' }, new: { dry_run: true } });
    expect(document).toEqual(documentOf({ defaults: { mode: 'auto', breaker: { failures: 2 } }, projects: { 'a.b': { mode: 'observe' } } }));
  });

  it('takes a project that says nothing any more out, and keeps the form of a document', () => {
    const without = withLayerValue(document, 'a.b', 'mode', undefined);
    expect(parsePolicy(without)).toEqual({ ok: true, document: expect.objectContaining({ defaults: document.defaults, projects: {} }) });
    expect(layerOf(without, 'a.b')).toEqual({});
    expect(layerOf(document, 'constructor')).toEqual({});
  });
});

describe('differences', () => {
  it('names each place with both values, whatever the order', () => {
    expect(differences({ b: { c: 1, d: [1] }, a: 'x' }, { a: 'x', b: { d: [1, 2], e: true } })).toEqual([
      { path: 'b.c', before: '1', after: undefined },
      { path: 'b.d', before: '[1]', after: '[1,2]' },
      { path: 'b.e', before: undefined, after: 'true' },
    ]);
    expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
});

describe('changedBy', () => {
  const version = (user: string, policy: Record<string, unknown>) => ({ time: '', user, policy });
  const versions = [version('cleo', { defaults: { mode: 'auto', dry_run: true } }), version('bert', { defaults: { mode: 'auto' } }), version('anna', { defaults: { mode: 'observe' } })];

  it('finds who gave a value its form', () => {
    expect(changedBy(versions, ['defaults', 'mode'])?.user).toBe('bert');
    expect(changedBy(versions, ['defaults', 'dry_run'])?.user).toBe('cleo');
    expect(changedBy(versions.slice(0, 2), ['defaults', 'mode'])?.user).toBe('bert');
    expect(changedBy(versions, ['defaults', 'scope'])).toBeUndefined();
    expect(changedBy([], ['defaults', 'mode'])).toBeUndefined();
  });
});
