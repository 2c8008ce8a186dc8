import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable } from '../../scripts/readme/settings-table';

const root = join(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it('lists every setting with the default and the sentence of the code (npm run readme writes it)', () => {
    expect(readme).toContain(settingsTable());
  });

  it('shows the drawing that the agents declare', async () => {
    const drawn = /```text\n(Docker -> monitor[\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const architecture = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    expect(drawn).not.toBe('');
    expect(architecture).toContain(drawn.trim());
    for (const name of ['monitor', 'analyzer', 'responder', 'notifier', 'bridge', 'exporter', 'updater', 'observer']) {
      const agents = (await import(`../../agents/${name}`)) as Record<string, { name: string; reads: string[]; group?: string }>;
      const agent = agents[`${name}Agent`];
      expect(agent?.name).toBe(name);
      const readsLog = new RegExp(`\\[log\\] -> ${name}`).test(drawn);
      expect(readsLog).toBe((agent?.reads.length ?? 0) > 0);
    }
  });

  it('settings files are all in the table', () => {
    const files = readdirSync(join(root, 'agents/runtime/settings')).filter((name) => name.endsWith('.ts') && !name.includes('.test.') && name !== 'define.ts');
    const source = readFileSync(join(root, 'scripts/readme/settings-table.ts'), 'utf8');
    expect(files.filter((name) => !source.includes(`settings/${name.replace('.ts', '')}'`))).toEqual([]);
  });
});
