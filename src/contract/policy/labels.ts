import { ACTIONS, MODES, type Mode } from '../events/common';
import type { PolicyLayer, PolicyValues } from './schema';

/** What the labels of a container say. */
export interface LabelReading {
  layer: PolicyLayer;
  optedIn: boolean;
  optedOut: boolean;
  /** Which label opted in or out, as `name=value`. */
  by: string;
  warnings: string[];
}

type Reader = (value: string, before: PolicyValues, reading: LabelReading) => boolean;

const UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds, from `90`, `90s`, `15m`, `2h` or `1d`. */
function readSeconds(value: string): number | undefined {
  const match = /^(\d{1,8})([smhd]?)$/.exec(value.trim());
  const parsed = match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1) : undefined;
  return parsed !== undefined && parsed <= 31_536_000 ? parsed : undefined;
}

function readFlag(value: string): boolean | undefined {
  const word = value.trim().toLowerCase();
  return ['true', '1', 'yes', 'on'].includes(word) ? true : ['false', '0', 'no', 'off'].includes(word) ? false : undefined;
}

function optIn(name: string): Reader {
  return (value, _before, reading) => {
    const on = readFlag(value);
    reading.optedIn ||= on === true;
    if (on !== true) {
      // Unreadable counts as "no": whoever wrote it wanted to say something about being left alone or not.
      reading.optedOut = true;
    }
    reading.by = reading.optedOut && on === true ? reading.by : `${name}=${value.slice(0, 40)}`;
    return on !== undefined;
  };
}

const READERS: Record<string, Reader> = {
  'hemostat.enable': optIn('hemostat.enable'),
  autoheal: optIn('autoheal'),
  'hemostat.mode': (value, _before, { layer }) => {
    const mode = MODES.find((one) => one === value.trim().toLowerCase());
    layer.mode = mode ?? 'observe';
    return mode !== undefined;
  },
  'hemostat.cooldown': (value, before, { layer }) => {
    const parsed = readSeconds(value);
    layer.cooldown_seconds = parsed ?? Math.max(before.cooldown_seconds, 3600);
    return parsed !== undefined;
  },
  'hemostat.attempts': (value, before, { layer }) => {
    const readable = /^\d{1,4}$/.test(value.trim());
    layer.attempts_per_hour = readable ? Number(value) : Math.min(before.attempts_per_hour, 1);
    return readable;
  },
  'hemostat.confirm': (value, before, { layer }) => {
    const parsed = readSeconds(value);
    layer.confirm_seconds = parsed ?? Math.max(before.confirm_seconds, 300);
    return parsed !== undefined;
  },
  'hemostat.action': (value, _before, { layer }) => {
    const action = ACTIONS.find((one) => one === value.trim().toLowerCase());
    layer.action = action ?? 'none';
    return action !== undefined;
  },
  'autoheal.stop.timeout': (value, _before, { layer }) => {
    const parsed = readSeconds(value);
    if (parsed !== undefined && parsed <= 3600) {
      layer.stop_timeout_seconds = parsed;
      return true;
    }
    return false;
  },
};

/** Read elsewhere, so no reason to warn. */
const KNOWN_ELSEWHERE = /^(hemostat\.depends(\..*|_on)?|hemostat\.own|hemostat\.watch|hemostat\.monitor\..*|hemostat\.threshold.*)$/;

const CAUTION: Record<Mode, number> = { observe: 0, approve: 1, auto: 2 };

/** Keeps of a layer only what is safer than before. */
function saferOnly(layer: PolicyLayer, before: PolicyValues): PolicyLayer {
  const kept: PolicyLayer = {};
  if (layer.mode && CAUTION[layer.mode] < CAUTION[before.mode]) {
    kept.mode = layer.mode;
  }
  if (layer.cooldown_seconds !== undefined && layer.cooldown_seconds > before.cooldown_seconds) {
    kept.cooldown_seconds = layer.cooldown_seconds;
  }
  if (layer.attempts_per_hour !== undefined && layer.attempts_per_hour < before.attempts_per_hour) {
    kept.attempts_per_hour = layer.attempts_per_hour;
  }
  if (layer.confirm_seconds !== undefined && layer.confirm_seconds > before.confirm_seconds) {
    kept.confirm_seconds = layer.confirm_seconds;
  }
  if (layer.action === 'none') {
    kept.action = 'none';
  }
  return kept;
}

/**
 * Reads the labels of a container. Never throws: a value that cannot be read gives a warning and the safest meaning.
 * @param before the values that hold without labels.
 */
export function readLabels(labels: Readonly<Record<string, string>>, before: PolicyValues, trusted: boolean): LabelReading {
  const reading: LabelReading = { layer: {}, optedIn: false, optedOut: false, by: '', warnings: [] };
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? '';
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    if (reader && !reader(value, before, reading)) {
      reading.warnings.push(`The label ${name} has the value "${value.slice(0, 60)}", which cannot be read; the safest meaning is taken.`);
    }
    if (!reader && name.startsWith('hemostat.') && !KNOWN_ELSEWHERE.test(name)) {
      reading.warnings.push(`The label ${name.slice(0, 100)} is not known and changes nothing.`);
    }
  }
  return trusted ? reading : { ...reading, optedIn: false, layer: saferOnly(reading.layer, before) };
}
