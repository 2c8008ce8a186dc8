import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLegacy } from '../../src/contract/legacy';
import { LEGACY } from '../../src/contract/streams';
import type { EventType } from '../../src/contract/events';

interface Recorded {
  source: string;
  channel: string;
  raw: string;
}
const folder = join(__dirname, 'original');
const files = readdirSync(folder).filter((name) => name.includes('--') && name.endsWith('.json'));
const typeOf = Object.fromEntries(Object.entries(LEGACY.channels).map(([type, channel]) => [channel, type as EventType]));

describe("the original's traffic", () => {
  it('is there in both of its envelope forms', () => {
    const sources = files.map((name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded).source);
    expect(sources.filter((source) => source.startsWith('recorded')).length).toBeGreaterThan(60);
    expect(sources.filter((source) => source.includes('documents')).length).toBeGreaterThan(10);
  });

  it.each(files)('%s is read with its container, time and content', (name) => {
    const { raw, channel } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded;
    const decoded = decodeLegacy(raw, new Date('2026-01-01T00:00:00Z'), typeOf[channel]);
    const { type, container, time, agent, data } = decoded.ok ? decoded.value : { type: decoded.error, container: '', time: '', agent: '', data: {} };
    expect({ type, container, time, agent, data }).toMatchSnapshot();
  });
});
