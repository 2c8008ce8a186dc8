import type { MetricType } from '../../src/contract/metrics';
import type { Exemplar } from './series';
import type { Family } from './sheet';

/** One metric with its series. */
export interface Metric {
  name: string;
  type: MetricType;
  help: string;
  family: Family;
}

/** A written answer. */
export interface Page {
  body: Buffer;
  /** Gives the bytes back, to be written over. Once, when the answer is sent or given up. */
  release: () => void;
}

const FIRST_SIZE = 65_536;
/** Up to this many characters are put one by one: a call into the runtime costs more. */
const SHORT = 24;
const LAST_ASCII = 0x7f;
/** UTF-8 needs at most this many bytes for a unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (Number.isFinite(value)) {
    return String(value);
  }
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

const exemplarText = ({ traceId, value, timestamp }: Exemplar) => ` # {trace_id="${traceId}"} ${numberText(value)} ${timestamp}`;

/**
 * Writes metrics as text into a buffer that is used again once its answer is sent. A thousand containers have 23,000 series, so what
 * counts is what is made for each of them: with prom-client's registry an object and several strings, here nothing but the text of its
 * number. The writer is one part of that; the labels that are kept as text and the series that are handed over one by one are the
 * others, and `npm run bench -- exporter` shows what comes of all of them together.
 */
export class MetricsWriter {
  private free: Buffer<ArrayBuffer> | undefined;
  private buffer = Buffer.alloc(0);
  private size = FIRST_SIZE;
  private length = 0;

  /**
   * @param metrics in the order in which they are written; one without a series is left out
   * @param end what is written behind
   */
  write(metrics: Iterable<Metric>, openMetrics: boolean, end: string): Page {
    // While an answer is on its way its bytes are not touched: the next one gets others.
    this.buffer = this.free ?? Buffer.allocUnsafeSlow(this.size);
    this.free = undefined;
    this.length = 0;
    for (const metric of metrics) {
      this.metric(metric, openMetrics);
    }
    this.put(end);
    const { buffer } = this;
    return { body: buffer.subarray(0, this.length), release: () => this.giveBack(buffer) };
  }

  private metric({ name, type, help, family }: Metric, openMetrics: boolean): void {
    // OpenMetrics names the family of a counter without its ending.
    const shown = openMetrics && type === 'counter' ? name.replace(/_total$/, '') : name;
    let isFirst = true;
    family((labels, value, more = '', ending = '', exemplar = undefined) => {
      if (isFirst) {
        this.put(`# HELP ${shown} ${escapeHelp(help)}\n# TYPE ${shown} ${type}\n`);
        isFirst = false;
      }
      this.put(name);
      this.put(ending);
      this.labels(labels, more);
      this.put(' ');
      this.put(numberText(value));
      this.put(openMetrics && exemplar ? exemplarText(exemplar) : '');
      this.put('\n');
    });
  }

  private labels(labels: string, more: string): void {
    if (labels !== '' || more !== '') {
      this.put('{');
      this.put(labels);
      this.put(labels !== '' && more !== '' ? ',' : '');
      this.put(more);
      this.put('}');
    }
  }

  private put(text: string): void {
    const need = this.length + text.length * BYTES_PER_UNIT;
    if (need > this.buffer.length) {
      this.grow(need);
    }
    if (text.length > SHORT || !this.putAscii(text)) {
      this.length += this.buffer.write(text, this.length);
    }
  }

  /** @returns false when there is more than ASCII in it; what was put then is written over */
  private putAscii(text: string): boolean {
    const { buffer, length } = this;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) {
        return false;
      }
      buffer[length + index] = code;
    }
    this.length = length + text.length;
    return true;
  }

  private grow(need: number): void {
    this.size = Math.max(need, this.buffer.length * 2);
    const larger = Buffer.allocUnsafeSlow(this.size);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  private giveBack(buffer: Buffer<ArrayBuffer>): void {
    // One is enough for one Prometheus; of two the larger one.
    if (!this.free || this.free.length < buffer.length) {
      this.free = buffer;
    }
  }
}
