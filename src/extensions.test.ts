import { toDataFrame, type PluginExtensionEventHelpers } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { DATASOURCE_TYPE } from './constants';
import { INCIDENT_CARD, LINKS, pathOfLabels, pathOfPanel } from './extensions';
import pluginJson from './plugin.json';

const APP = '/a/hemostat-monitor-app';
const query = (more: object) => ({ refId: 'A', datasource: { type: DATASOURCE_TYPE, uid: 'x' }, ...more });
const series = (...labels: Array<Record<string, string>>) => ({ series: labels.map((one) => toDataFrame({ fields: [{ name: 'value', values: [1], labels: one }] })) });

test('plugin.json declares the same links and components, without which Grafana ignores them', () => {
  const { addedLinks, exposedComponents } = pluginJson.extensions;
  expect(addedLinks).toEqual(LINKS.map(({ title, description, targets }) => ({ title, description, targets })));
  expect(exposedComponents).toEqual([INCIDENT_CARD]);
  expect(LINKS.every(({ path }) => path?.startsWith(`${APP}/`))).toBe(true);
});

test('an entry of the command palette goes to its page by itself, as Grafana follows no path from there', () => {
  const entries = LINKS.filter(({ targets }) => targets.includes('grafana/commandpalette/action'));
  expect(entries).toHaveLength(4);
  for (const { path, onClick } of entries) {
    onClick?.(undefined, { extensionPointId: 'grafana/commandpalette/action', openModal: () => undefined } as unknown as PluginExtensionEventHelpers);
    expect(locationService.getLocation().pathname).toBe(path);
  }
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['the incident wins', { incident_id: 'i/1', container_name: 'web' }, `${APP}/incidents/i%2F1`],
  ['a container of our metrics', { container_name: 'web-2', host: 'h1' }, `${APP}/containers?container=h1%2Fweb-2`],
  ['a key that holds its host', { container_name: 'h1/web-2', host: 'h1' }, `${APP}/containers?container=h1%2Fweb-2`],
  ['a rule of ours about no container', { product: 'hemostat', severity: 'high' }, `${APP}/issues`],
  ['a container of somebody else', { container: 'nginx', pod: 'p' }, undefined],
])('labels: %s', (_, labels, path) => {
  expect(pathOfLabels(labels)).toBe(path);
});

test('an alert instance leads to its container, wherever Grafana puts the labels; others get no link', () => {
  const alert = LINKS.find(({ targets }) => targets.includes('grafana/alerting/instance/action'));
  const path = `${APP}/containers?container=web`;
  expect(alert?.configure?.({ instance: { labels: { container_name: 'web' } } })).toEqual({ path });
  expect(alert?.configure?.({ labels: { container_name: 'web' } })).toEqual({ path });
  expect(alert?.configure?.({ labels: { job: 'node' } })).toBeUndefined();
  expect(alert?.configure?.(undefined)).toBeUndefined();
});

/** As Grafana lends its state to plugins: each object inside is a proxy of its own. */
function lent<T extends object>(state: T): T {
  return new Proxy(state, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'object' && value !== null ? lent(value) : value;
    },
  });
}

test('an alert instance that Grafana has frozen and lends read-only is read all the same', () => {
  const alert = LINKS.find(({ targets }) => targets.includes('grafana/alerting/instance/action'));
  const instance = Object.freeze({ labels: Object.freeze({ incident_id: 'i1' }) });
  expect(() => lent(instance).labels).toThrow(TypeError);
  expect(alert?.configure?.(lent({ instance }))).toEqual({ path: `${APP}/incidents/i1` });
});

test.each<[string, object | undefined, string | undefined]>([
  ['a trace', { targets: [query({ queryType: 'trace', target: 'i1' })] }, `${APP}/incidents/i1`],
  ['figures of a container', { targets: [query({ queryType: 'container_metrics', target: 'h/web' })] }, `${APP}/containers?container=h%2Fweb`],
  ['one container among the filters', { targets: [query({ filters: { containers: ['h/web'] } })] }, `${APP}/containers?container=h%2Fweb`],
  ['a variable that is not filled in', { targets: [query({ queryType: 'trace', target: '$incident' })] }, `${APP}/overview`],
  ['series of one container', { targets: [{ refId: 'A', datasource: { type: 'prometheus' } }], data: series({ container_name: 'web', host: 'h' }, { container_name: 'web', host: 'h' }) }, `${APP}/containers?container=h%2Fweb`],
  ['series of two containers', { targets: [], data: series({ container_name: 'a' }, { container_name: 'b' }) }, undefined],
  ['a panel of somebody else', { targets: [{ refId: 'A', datasource: { type: 'prometheus' } }] }, undefined],
  ['nothing told', undefined, undefined],
])('panel: %s', (_, context, path) => {
  expect(pathOfPanel(context)).toBe(path);
});
