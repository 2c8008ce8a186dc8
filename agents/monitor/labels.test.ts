import { dependsOnServices, keptLabels, watchRule } from './labels';

describe('labels', () => {
  it('keeps those that HemoStat reads and no other', () => {
    const labels = { 'hemostat.policy': 'x', autoheal: 'true', 'autoheal.stop.timeout': '5', 'com.docker.compose.project': 'shop', 'com.docker.compose.config-hash': 'h', password: 'p', 'hemostat.long': 'x'.repeat(900) };
    expect(Object.keys(keptLabels(labels))).toEqual(['hemostat.policy', 'autoheal', 'autoheal.stop.timeout', 'com.docker.compose.project', 'hemostat.long']);
    expect(keptLabels(labels)['hemostat.long']).toHaveLength(500);
  });

  it('blacks out what a label should never hold', () => {
    expect(keptLabels({ 'hemostat.depends': 'db,password=hunter2' })).toEqual({ 'hemostat.depends': 'db,password=[redacted]' });
  });

  it('reads dependencies in both forms that compose writes', () => {
    expect(dependsOnServices({ 'com.docker.compose.depends_on': 'db:service_healthy:true,cache:service_started:false' })).toEqual(['db', 'cache']);
    expect(dependsOnServices({ 'com.docker.compose.depends_on': ' db , cache,' })).toEqual(['db', 'cache']);
    expect(dependsOnServices({})).toEqual([]);
  });
});

describe('which containers are watched', () => {
  const watches = watchRule(['hemostat-*', 'test?']);

  it.each([
    ['web', {}, true],
    ['hemostat-redis', {}, false],
    ['test1', {}, false],
    ['test12', {}, true],
    ['web', { 'hemostat.watch': 'false' }, false],
    ['web', { 'hemostat.watch': 'No ' }, false],
    ['web', { 'hemostat.watch': 'true' }, true],
    ['web', { 'hemostat.enable': 'false' }, true],
    ['', {}, true],
  ])('%s %j: %s', (name, labels, expected) => {
    expect(watches({ name, labels })).toBe(expected);
  });

  it('watches all when the list is empty', () => {
    expect(watchRule([])({ name: 'hemostat-redis', labels: {} })).toBe(true);
  });
});
