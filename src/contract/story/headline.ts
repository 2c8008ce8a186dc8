import type { HemostatEvent } from '../events';
import type { IncidentState, IncidentSummary } from '../incident';
import { confidenceText } from './event-text';
import { plainText } from './plain-text';
import { durationText, spanMs } from './time';

const STATE_WORDS: Record<IncidentState, string> = {
  open: 'ill',
  analyzing: 'being analysed',
  awaiting_approval: 'waiting for approval',
  remediating: 'being remediated',
  verifying: 'being verified',
  resolved: 'resolved',
  recovered_alone: 'recovered alone',
  false_alarm: 'false alarm',
  failed: 'not healed',
  suppressed: 'not acted on',
};

/** The state of an incident as a person reads it. */
export function stateText(state: IncidentState): string {
  return STATE_WORDS[state] ?? 'unknown';
}

function methodWord(method: string | undefined): string {
  return ({ ai: 'model', rule_based: 'rules', manual: 'a person' } as Record<string, string>)[method ?? ''] ?? '';
}

function beganAt(incident: IncidentSummary, events: readonly HemostatEvent[]): string | undefined {
  const alert = events.find((event) => event.type === 'health_alert');
  return (
    (alert?.type === 'health_alert' ? alert.data.ill_since : undefined) ?? incident.fields.opened_at ?? events[0]?.time
  );
}

/** `web-2 · resolved in 2.1 s · high · rules, confidence 0.85`. */
export function headlineText(incident: IncidentSummary, events: readonly HemostatEvent[]): string {
  const { fields, state } = incident;
  const name =
    plainText(fields.container || events[0]?.container || '', 120) || `incident ${plainText(incident.id, 40)}`;
  const length = spanMs(beganAt(incident, events), fields.ended_at);
  const took = length === undefined ? '' : ` ${state === 'resolved' ? 'in' : 'after'} ${durationText(length)}`;
  const confidence =
    fields.confidence === undefined || fields.confidence === ''
      ? ''
      : `confidence ${confidenceText(Number(fields.confidence))}`;
  const judged = [methodWord(fields.method), confidence].filter(Boolean).join(', ');
  return [name, `${stateText(state)}${took}`, plainText(fields.severity ?? '', 20), judged].filter(Boolean).join(' · ');
}
