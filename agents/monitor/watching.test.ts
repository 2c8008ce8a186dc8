import type { HemostatEvent } from '../../src/contract/events';
import { DockerError, type ContainerDetails, type Engine, type EngineEvent } from '../docker/engine';
import type { Logger } from '../runtime/logger';
import type { AgentTelemetry, RecordedSpan } from '../runtime/telemetry';
import { OFF } from '../runtime/telemetry/off';
import { Diagnosis } from './diagnosis';
import { Fleet } from './fleet';
import { Hearing } from './hearing';
import { watchRule } from './labels';
import { Looks } from './looks';
import type { Moment } from './moment';
import { Outbox, Progress } from './outbox';
import { containerState } from './state';
import type { ContainerStore } from './store';
import { after, ended, LIMITS, someDetails, someVitals, START } from './test-support';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;
const PLACE = { host: 'h', engineId: 'e' };
const gone = () => new DockerError('docker_not_found', 'Docker: No such container', 'See docker ps -a.');

/** Everything between the engine and the log, with a fake of each. */
class Ward {
  now: Moment = after(0);
  readonly told: HemostatEvent[] = [];
  readonly spans: RecordedSpan[] = [];
  private readonly telemetry: AgentTelemetry = { ...OFF, spanId: () => `span ${this.spans.length}`, record: (span) => void this.spans.push(span) };
  readonly containers = new Map<string, ContainerDetails>();
  readonly forgotten: string[] = [];
  inspecting: () => Promise<void> = () => Promise.resolve();
  inspections = 0;
  readonly fleet = new Fleet();
  readonly diagnosis: Diagnosis;
  readonly looks: Looks;
  readonly hearing: Hearing;

  constructor() {
    const engine = {
      list: () => Promise.resolve([...this.containers.values()].map((one) => ({ id: one.id, name: one.name, image: one.image, imageId: '', state: one.status, status: '', labels: one.labels, createdAt: 0 }))),
      inspect: (id: string) => this.inspect(id),
      logs: () => Promise.resolve({ lines: [], truncated: false }),
      top: () => Promise.resolve({ titles: [], processes: [] }),
    } as unknown as Engine;
    const log = { append: (events: HemostatEvent[]) => Promise.resolve(events.map((event) => ({ streamId: String(this.told.push(event)), incidentId: 'i', duplicate: false }))) };
    const outbox = new Outbox(log as never, logger);
    const store = { writeNow: () => undefined, forget: (name: string) => void this.forgotten.push(name) } as unknown as ContainerStore;
    const clock = () => this.now;
    const watches = watchRule(['hemostat-*']);
    const shared = { engine, fleet: this.fleet, store, limits: LIMITS, clock, logger, signal: new AbortController().signal };
    this.diagnosis = new Diagnosis({ ...shared, place: PLACE, telemetry: this.telemetry, rule: { repeatMs: 30_000, leaveMs: 10_000 }, forensics: { timeoutMs: 100, lines: 10 }, outbox });
    this.looks = new Looks({ ...shared, diagnosis: this.diagnosis, watches });
    this.hearing = new Hearing({ place: PLACE, fleet: this.fleet, diagnosis: this.diagnosis, looks: this.looks, outbox, progress: new Progress(undefined), watches, clock });
  }

  /** A container as the engine knows it from now on. */
  set(details: ContainerDetails): void {
    this.containers.set(details.id, details);
  }

  async hear(action: string, details: ContainerDetails, changes: Partial<EngineEvent> = {}): Promise<void> {
    const at = this.now.wall;
    this.hearing.hear({ action, containerId: details.id, name: details.name, image: details.image, labels: details.labels, timeNano: `${at}000000`, at, ...changes }, { tell: true, live: true });
    await settle();
  }

  async at(ms: number): Promise<void> {
    this.now = after(ms);
    this.diagnosis.tick();
    await settle();
  }

  /** What was told, in short. */
  get story(): string[] {
    return this.told.map((event) => {
      switch (event.type) {
        case 'health_alert':
          return `${event.container} ${event.data.repeat ? 'still ill' : 'ill'}: ${event.data.anomalies.map((one) => one.type).join(' ')}`;
        case 'container_recovered':
          return `${event.container} ${event.data.reason}`;
        case 'container_event':
          return `${event.container} ${event.data.action}${event.data.on_purpose === undefined ? '' : event.data.on_purpose ? ' (asked)' : ' (by itself)'}`;
        default:
          return event.type;
      }
    });
  }

  get illnesses(): string[] {
    return this.story.filter((line) => /ill: |recovered|removed|replaced|stopped_on_purpose|well$/.test(line));
  }

  private async inspect(id: string): Promise<ContainerDetails> {
    this.inspections += 1;
    await this.inspecting();
    const details = this.containers.get(id);
    if (!details) {
      throw gone();
    }
    return details;
  }
}

/** Lets everything that waits for nothing but promises go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const web = someDetails();
const newRun = (ms: number, changes: Partial<ContainerDetails> = {}) => someDetails({ startedAt: new Date(START + ms).toISOString(), ...changes });

describe('watching', () => {
  let ward: Ward;
  beforeEach(async () => {
    ward = new Ward();
    ward.set(web);
    await ward.looks.compare(true);
    ward.now = after(60_000);
  });

  it('tells a death, the illness, what was seen of it, and the recovery', async () => {
    ward.set(ended(3, 60_000));
    await ward.hear('die', web, { exitCode: 3 });
    expect(ward.story).toEqual(['web die (by itself)', 'web ill: non_zero_exit', 'forensics_captured']);
    ward.set(newRun(61_000));
    ward.now = after(61_000);
    await ward.hear('start', web);
    await ward.at(70_999);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit']);
    await ward.at(71_000);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit', 'web well']);
  });

  it('R372 records the detection from when it was ill, in the incident that the log names, and the evidence under it', async () => {
    ward.set(ended(3, 60_000));
    await ward.hear('die', web, { exitCode: 3 });
    const [detection, evidence] = ward.spans;
    const alert = ward.told.find((event) => event.type === 'health_alert');
    expect(detection).toMatchObject({ traceId: 'i', name: 'detect web', spanId: alert?.span_id, start: Date.parse(alert?.type === 'health_alert' ? (alert.data.ill_since ?? '') : '') });
    expect(evidence).toMatchObject({ traceId: 'i', name: 'save evidence', parentSpanId: alert?.span_id });
    expect(ward.told.find((event) => event.type === 'forensics_captured')?.span_id).toBe(evidence?.spanId);
  });

  it('gives equal ids to what two monitors see', async () => {
    const other = new Ward();
    other.set(web);
    await other.looks.compare(true);
    other.now = after(60_000);
    for (const one of [ward, other]) {
      one.set(ended(3, 60_000));
      await one.hear('die', web, { exitCode: 3 });
    }
    expect(ward.told.map((event) => event.id)).toEqual(other.told.map((event) => event.id));
  });

  it('does not let a slow engine hold up the word of a death', async () => {
    let answer: () => void = () => undefined;
    ward.inspecting = () => new Promise((resolve) => (answer = resolve));
    await ward.hear('die', web, { exitCode: 3 });
    while (ward.illnesses.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit']);
    ward.set(ended(3, 60_000));
    answer();
    await settle();
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit']);
  });

  it('does not take a slow engine for a death where Docker restarts by itself', async () => {
    const loyal = someDetails({ id: 'b'.repeat(64), name: 'loyal', restartPolicy: { name: 'always', maximumRetryCount: 0 } });
    ward.set(loyal);
    await ward.looks.compare(true);
    ward.inspecting = () => new Promise(() => undefined);
    await ward.hear('die', loyal, { exitCode: 3 });
    while (!ward.fleet.byName('loyal')?.vitals.details.restarting) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(ward.illnesses).toEqual([]);
  });

  it('asks once more, not once for each, when many events come while it asks', async () => {
    let answer: () => void = () => undefined;
    ward.inspecting = () => new Promise((resolve) => (answer = resolve));
    const before = ward.inspections;
    for (let count = 0; count < 10; count += 1) {
      await ward.hear('health_status', web, { health: 'healthy' });
    }
    answer();
    await settle();
    answer();
    await settle();
    expect(ward.inspections - before).toBe(2);
  });

  it('says nothing ill of a stop, a restart and a kill by a person', async () => {
    await ward.hear('kill', web, { signal: '15' });
    ward.set(ended(143, 60_000));
    await ward.hear('die', web, { exitCode: 143 });
    await ward.hear('stop', web);
    ward.now = after(61_000);
    ward.set(newRun(61_000));
    await ward.hear('start', web);
    await ward.hear('restart', web);
    await ward.at(120_000);
    expect(ward.story).toEqual(['web die (asked)', 'web stop', 'web start (asked)', 'web restart']);
  });

  it('knows what came before the first look at a new container', async () => {
    const brief = ended(137, 60_000, { id: 'b'.repeat(64), name: 'brief' });
    ward.set(brief);
    ward.hearing.hear({ action: 'kill', containerId: brief.id, name: 'brief', image: '', labels: {}, signal: '9', timeNano: `${after(60_000).wall}000000`, at: after(60_000).wall }, { tell: true, live: true });
    await ward.hear('die', brief, { exitCode: 137 });
    expect(ward.illnesses).toEqual([]);
  });

  it('calls an ill container removed only after a moment', async () => {
    ward.set(ended(3, 60_000));
    await ward.hear('die', web, { exitCode: 3 });
    ward.containers.delete(web.id);
    await ward.hear('destroy', web);
    await ward.at(69_999);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit']);
    await ward.at(70_000);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit', 'web removed']);
    expect(ward.forgotten).toEqual(['web']);
  });

  it('calls it replaced when another one takes its name, and goes on watching that', async () => {
    ward.set(ended(3, 60_000));
    await ward.hear('die', web, { exitCode: 3 });
    ward.containers.delete(web.id);
    await ward.hear('destroy', web);
    const next = someDetails({ id: 'b'.repeat(64) });
    ward.set(next);
    await ward.hear('create', next);
    await ward.at(60_500);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit', 'web replaced']);
    expect(ward.forgotten).toEqual([]);
    expect(ward.fleet.byName('web')?.vitals.details.id).toBe(next.id);
  });

  it('does not watch what is on the list or says so, but knows it as a parent', async () => {
    const vpn = someDetails({ id: 'c'.repeat(64), name: 'hemostat-vpn' });
    const child = someDetails({ id: 'd'.repeat(64), name: 'child', networkParent: vpn.id });
    [vpn, child].forEach((one) => ward.set(one));
    await ward.looks.compare(true);
    await ward.at(71_000);
    expect(ward.illnesses).toEqual([]);
    ward.containers.delete(vpn.id);
    await ward.hear('destroy', vpn);
    await ward.at(81_000);
    expect(ward.illnesses).toEqual(['child ill: lost_parent_network']);
    expect(ward.story.some((line) => line.startsWith('hemostat-vpn'))).toBe(false);
  });

  it('sees children lose their network when the parent is started anew, and get it back when they are restarted', async () => {
    const child = someDetails({ id: 'd'.repeat(64), name: 'child', networkParent: web.id });
    ward.set(child);
    await ward.looks.compare(true);
    ward.set(newRun(60_000));
    await ward.hear('start', web);
    await ward.at(69_999);
    expect(ward.illnesses).toEqual([]);
    await ward.at(70_000);
    expect(ward.illnesses).toEqual(['child ill: lost_parent_network']);
    ward.set({ ...child, startedAt: new Date(START + 75_000).toISOString() });
    ward.now = after(75_000);
    await ward.hear('start', child);
    await ward.at(85_000);
    expect(ward.illnesses).toEqual(['child ill: lost_parent_network', 'child well']);
  });
});

describe('taking over from another monitor', () => {
  const illState = (alerts: number) => {
    const illness = { since: START + 50_000, alerts, nextAlert: 0, interval: 0 };
    return containerState(someVitals(), illness, { ...PLACE, dependsOn: [], networkParent: '', alertsInLog: alerts }, START + 55_000);
  };

  it('goes on with the illness that was told: no first alert twice', async () => {
    const ward = new Ward();
    ward.now = after(60_000);
    ward.set(ended(3, 50_000));
    ward.fleet.remember([illState(1)]);
    await ward.looks.compare(true);
    await ward.at(60_500);
    expect(ward.illnesses).toEqual([]);
    await ward.at(90_000);
    expect(ward.illnesses).toEqual(['web still ill: non_zero_exit']);
  });

  it('tells the first alert that the other one could not tell any more', async () => {
    const ward = new Ward();
    ward.now = after(60_000);
    ward.set(ended(3, 50_000));
    ward.fleet.remember([illState(0)]);
    await ward.looks.compare(true);
    await ward.at(60_500);
    expect(ward.illnesses).toEqual(['web ill: non_zero_exit']);
  });

  it('ends the illness of a container that is gone, and forgets it', async () => {
    const ward = new Ward();
    ward.now = after(60_000);
    ward.fleet.remember([illState(1)]);
    await ward.looks.compare(true);
    await ward.at(60_500);
    await ward.at(71_000);
    expect(ward.illnesses).toEqual(['web removed']);
    expect(ward.forgotten).toEqual(['web']);
  });
});
