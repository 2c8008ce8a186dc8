import type { ContainerState } from '../../src/contract/containers';
import type { EventOf } from '../../src/contract/events';
import type { Engine } from '../docker/engine';
import type { Logger } from '../runtime/logger';
import type { AgentTelemetry } from '../runtime/telemetry';
import type { Fleet, Tracked } from './fleet';
import { captureForensics, type ForensicsRule } from './forensics';
import { restoredIllness, stepIllness, type Illness, type IllnessRule, type Say } from './illness';
import { atRest, judge, settled, type Finding, type Limits } from './judge';
import type { Moment } from './moment';
import type { Outbox } from './outbox';
import { alertEvent, forensicsEvent, recoveredEvent, type Place } from './reports';
import { containerState } from './state';
import type { ContainerStore } from './store';
import type { Vitals } from './vitals';

export interface DiagnosisParts {
  place: Place;
  limits: Limits;
  rule: IllnessRule;
  forensics: ForensicsRule;
  engine: Engine;
  fleet: Fleet;
  store: ContainerStore;
  outbox: Outbox;
  logger: Logger;
  telemetry: AgentTelemetry;
  clock: () => Moment;
  signal: AbortSignal;
}

/** An ill container that is gone; another one may take its place in a moment. */
interface Farewell {
  vitals: Pick<Vitals, 'figures'> & { details: { id: string; name: string; health: string; labels: Readonly<Record<string, string>> } };
  since: number;
  at: Moment;
}

/** Decides for each container whether it is ill, and tells it. */
export class Diagnosis {
  private readonly farewells = new Map<string, Farewell>();

  constructor(private readonly parts: DiagnosisParts) {}

  /** Looks at what is known of one container and tells what is to be told. Never waits. */
  evaluate(tracked: Tracked): void {
    if (tracked.telling) {
      return;
    }
    const { limits, rule } = this.parts;
    const now = this.parts.clock();
    const findings = judge(tracked.vitals, limits, now);
    const standing = { findings, settled: settled(tracked.vitals, findings, limits, now), stoppedOnPurpose: atRest(tracked.vitals) };
    const before = tracked.illness;
    const { illness, say } = stepIllness(before, standing, now, rule);
    this.keep(tracked, illness);
    if (say) {
      this.tell(tracked, illness ?? before, findings, say, now);
    }
  }

  /** All containers: what time alone changes. */
  tick(): void {
    for (const tracked of this.parts.fleet.watched.values()) {
      this.evaluate(tracked);
    }
    this.endFarewells();
  }

  /** A container was removed. */
  gone(tracked: Tracked): void {
    const { details, figures } = tracked.vitals;
    if (tracked.illness) {
      this.farewells.set(details.id, { vitals: { details, figures }, since: tracked.illness.since, at: this.parts.clock() });
      return;
    }
    this.forgetName(details.name);
  }

  /** One that an earlier monitor knew and that is not there any more. */
  goneMeanwhile(state: ContainerState): void {
    if (!state.ill || !state.ill_since) {
      this.forgetName(state.container);
      return;
    }
    const details = { id: state.container_id, name: state.container, health: state.health_status, labels: state.labels };
    this.farewells.set(details.id, { vitals: { details, figures: state.metrics }, since: Date.parse(state.ill_since), at: this.parts.clock() });
  }

  /** What an earlier monitor told of this container. */
  restore(tracked: Tracked, state: ContainerState): void {
    if (state.ill && state.ill_since) {
      tracked.alertsInLog = state.alerts ?? 0;
      tracked.illness = restoredIllness(Date.parse(state.ill_since), tracked.alertsInLog, this.parts.clock(), this.parts.rule);
    }
  }

  state(tracked: Tracked): ContainerState {
    const { fleet, place, clock } = this.parts;
    const around = { ...place, dependsOn: fleet.dependsOn(tracked.vitals), networkParent: fleet.networkParentName(tracked.vitals), alertsInLog: tracked.alertsInLog };
    return containerState(tracked.vitals, tracked.illness, around, clock().wall);
  }

  private keep(tracked: Tracked, illness: Illness | undefined): void {
    if (illness) {
      tracked.illness = illness;
    } else {
      delete tracked.illness;
    }
  }

  private tell(tracked: Tracked, illness: Illness | undefined, findings: readonly Finding[], say: Say, now: Moment): void {
    if (!illness) {
      return;
    }
    if (say.what === 'alert') {
      void this.tellAlert(tracked, illness, findings, say.repeat, now);
      return;
    }
    const { details, figures } = tracked.vitals;
    tracked.alertsInLog = 0;
    this.parts.store.writeNow(this.state(tracked));
    const recovery = { containerId: details.id, name: details.name, healthStatus: details.health, metrics: figures, since: illness.since, reason: say.reason, now: now.wall };
    void this.parts.outbox.append([recoveredEvent(this.parts.place, recovery)]);
    this.parts.logger.info({ container: details.name, reason: say.reason }, 'recovered');
  }

  private async tellAlert(tracked: Tracked, illness: Illness, findings: readonly Finding[], repeat: boolean, now: Moment): Promise<void> {
    const { outbox, store, place, forensics, logger, telemetry, engine, signal } = this.parts;
    const { vitals } = tracked;
    const spanId = telemetry.spanId();
    const event = alertEvent(place, vitals, illness, findings, { repeat, forensics: !repeat, now: now.wall, spanId });
    tracked.telling = true;
    // Written first, so that whoever reads the alert finds the container as it is; both go out in this order.
    store.writeNow(this.state(tracked));
    const appending = outbox.append([event]);
    // Seen before anything is changed, and beside the alert: nothing waits for it.
    const capturing = repeat ? undefined : captureForensics(engine, vitals.details, forensics, signal);
    const appended = await appending;
    tracked.telling = false;
    tracked.alertsInLog = illness.alerts;
    const incidentId = appended?.[0]?.incidentId ?? '';
    const where = incidentId ? { trace_id: incidentId, incident_id: incidentId, ...(spanId ? { span_id: spanId } : {}) } : {};
    logger.info({ container: event.container, anomalies: event.data.anomalies.map((one) => one.type), repeat, ...where }, 'ill');
    this.recordDetection(event, incidentId, repeat ? now.wall : illness.since);
    if (capturing) {
      await this.tellForensics(event, incidentId, capturing, now.wall);
    }
  }

  /** From when it was ill to when the log knew: only the log tells to which incident it belongs. */
  private recordDetection(alert: EventOf<'health_alert'>, incidentId: string, since: number): void {
    const { telemetry, clock } = this.parts;
    const end = Math.max(since, clock().wall);
    const attributes = { 'hemostat.incident_id': incidentId, 'hemostat.container': alert.container, 'hemostat.host': alert.host, 'hemostat.anomalies': alert.data.anomalies.map((one) => one.type).join(', '), 'hemostat.repeat': alert.data.repeat };
    telemetry.record({ traceId: incidentId, ...(alert.span_id ? { spanId: alert.span_id } : {}), name: `detect ${alert.container}`, start: since, end, attributes });
  }

  private async tellForensics(alert: EventOf<'health_alert'>, incidentId: string, capturing: ReturnType<typeof captureForensics>, began: number): Promise<void> {
    const { telemetry, outbox } = this.parts;
    const forensics = await capturing;
    const spanId = telemetry.spanId();
    const attributes = { 'hemostat.container': alert.container, 'hemostat.missing': forensics.missing.map((one) => one.part).join(', ') || undefined, 'hemostat.log_lines': forensics.logs.length };
    telemetry.record({
      traceId: incidentId,
      ...(spanId ? { spanId } : {}),
      ...(alert.span_id ? { parentSpanId: alert.span_id } : {}),
      name: 'save evidence',
      start: began,
      end: began + forensics.duration_seconds * 1000,
      attributes,
    });
    await outbox.append([forensicsEvent(alert, incidentId, forensics, spanId)]);
  }

  private endFarewells(): void {
    const now = this.parts.clock();
    for (const [id, { vitals, since, at }] of this.farewells) {
      const replaced = this.parts.fleet.replaced(vitals.details);
      if (!replaced && now.mono - at.mono < this.parts.rule.leaveMs) {
        continue;
      }
      this.farewells.delete(id);
      const { details, figures } = vitals;
      const reason = replaced ? 'replaced' : 'removed';
      void this.parts.outbox.append([recoveredEvent(this.parts.place, { containerId: id, name: details.name, healthStatus: details.health, metrics: figures, since, reason, now: now.wall })]);
      this.forgetName(details.name);
    }
  }

  private forgetName(name: string): void {
    if (!this.parts.fleet.byName(name)) {
      this.parts.store.forget(name);
    }
  }
}
