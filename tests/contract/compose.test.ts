import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { settingsTable } from '../../scripts/readme/settings-table';

interface Service {
  command?: string[];
  environment?: Record<string, string | number>;
  networks?: string[];
  depends_on?: Record<string, unknown>;
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

const root = join(__dirname, '../..');
const compose = parse(readFileSync(join(root, 'docker-compose.yaml'), 'utf8'), { merge: true }) as Compose;
const known = settingsTable();
const agents = Object.entries(compose.services).filter(([, service]) => service.command?.[0] === 'agent');

describe('docker-compose.yaml', () => {
  it('sets only variables that the code reads', () => {
    const names = agents.flatMap(([, service]) => Object.keys(service.environment ?? {}));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
  });

  it('runs every agent once, on networks that exist', () => {
    const commands = agents.flatMap(([, service]) => service.command?.slice(1) ?? []);
    expect([...commands].sort()).toEqual(['analyzer', 'bridge', 'monitor', 'notifier', 'responder']);
    const networks = Object.values(compose.services).flatMap((service) => service.networks ?? []);
    expect(networks.filter((name) => !(name in compose.networks))).toEqual([]);
  });

  it('lets nobody but the responder act on the engine', () => {
    const reach = (network: string) => agents.filter(([, service]) => service.networks?.includes(network)).map(([name]) => name);
    expect(reach('read')).toEqual(['monitor']);
    expect(reach('act')).toEqual(['responder']);
    expect(compose.services['docker-read']?.environment).toMatchObject({ POST: 0 });
    expect(compose.services['docker-act']?.environment).toMatchObject({ POST: 0, EXEC: 0 });
  });
});

describe('the configuration of Alertmanager', () => {
  it('is valid by its own checker', () => {
    expect(execFileSync('amtool', ['check-config', join(root, 'monitoring/alertmanager/alertmanager.yml')], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
