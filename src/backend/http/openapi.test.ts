import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RESOURCES } from '../core/resources';
import { openApiDocument, openApiText } from './openapi';

interface Operation {
  operationId: string;
  security?: unknown[];
  requestBody?: unknown;
  parameters?: Array<{ name: string; in: string; required: boolean }>;
  responses: Record<string, unknown>;
}
const document = openApiDocument() as unknown as { openapi: string; paths: Record<string, Record<string, Operation>>; components: Record<string, Record<string, unknown>> };
const operations = Object.entries(document.paths).flatMap(([url, item]) => Object.entries(item).map(([method, operation]) => ({ url, method, operation })));

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => (name === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner)));
}

function resolve(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

test('docs/openapi.json is what the code says (else: node scripts/openapi.mjs)', () => {
  expect(readFileSync(path.join(__dirname, '../../../docs/openapi.json'), 'utf8')).toBe(openApiText());
});

test('every resource is documented, with its method, answer and errors', () => {
  for (const route of RESOURCES.routes) {
    const operation = document.paths[`/api/resources/${route.path}`]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(route.id);
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['200', '400', '401', '403', '429', '503']));
    expect(operation?.requestBody !== undefined).toBe(route.method === 'POST');
  }
  const resources = Object.keys(document.paths).filter((url) => url.startsWith('/api/resources/'));
  expect(resources).toHaveLength(new Set(RESOURCES.routes.map((route) => route.path)).size);
});

test('R474: the dashboard API stands under its own addresses and title, with the same parameters, answers and errors', () => {
  const direct = Object.keys(document.paths).filter((url) => url.startsWith('/api/dashboard'));
  expect(direct.map((url) => url.replace('/api/', '')).sort()).toEqual([...new Set(RESOURCES.routes.map((route) => route.path).filter((path) => path.startsWith('dashboard')))].sort());
  for (const url of direct) {
    for (const [method, operation] of Object.entries(document.paths[url] ?? {})) {
      const { operationId, ...same } = operation;
      const other = document.paths[url.replace('/api/', '/api/resources/')]?.[method];
      expect(other).toEqual({ ...same, operationId: expect.not.stringMatching(`^${operationId}$`) });
      expect(same).toMatchObject({ tags: ['Agent Observability Dashboard API'] });
    }
  }
});

test('every reference leads somewhere, and everything that is defined is used', () => {
  const refs = refsIn(document);
  expect(refs.filter((ref) => !ref.startsWith('#/') || resolve(ref) === undefined)).toEqual([]);
  const used = new Set(refs);
  const defined = ['schemas', 'responses'].flatMap((kind) => Object.keys(document.components[kind] ?? {}).map((name) => `#/components/${kind}/${name}`));
  expect(defined.filter((ref) => !used.has(ref))).toEqual([]);
});

test('operations have ids of their own, and places in paths are declared', () => {
  expect(document.openapi).toBe('3.1.0');
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { url, operation } of operations) {
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path' && one.required).map((one) => one.name);
    expect(declared.sort()).toEqual([...url.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort());
  }
});

test('only /health, /ready and the document itself are open', () => {
  expect(operations.filter(({ operation }) => operation.security?.length === 0).map(({ url }) => url)).toEqual(['/health', '/ready', '/openapi.json']);
});
