import { METRICS, type MetricDefinition } from '../../src/contract/metrics';
import type { Labels, Value, Values } from './sheet';

const FIRST_SIZE = 65_536;
/** UTF-8 needs at most this many bytes for a unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string) => (/["\\\n]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text);

/** Written once for each object: containers keep theirs from scrape to scrape. */
const written = new WeakMap<Labels, string>();

function labelText(labels: Labels): string {
  const known = written.get(labels);
  if (known !== undefined) {
    return known;
  }
  const text = Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
  written.set(labels, text);
  return text;
}

const exemplarText = ({ exemplar }: Value) => (exemplar ? ` # {${labelText(exemplar.labelSet)}} ${exemplar.value} ${exemplar.timestamp}` : '');

/**
 * Writes metrics as text into one buffer, which is kept for the next time. prom-client's own writer makes a string of each of the
 * 23,000 series of 1,000 containers, several times over: more time and memory than a scrape may take (`npm run bench -- exporter`).
 */
export class MetricsWriter {
  private buffer = Buffer.allocUnsafe(FIRST_SIZE);
  private length = 0;

  /**
   * Every metric of the contract that has values.
   * @param sources no two of them have values of one metric
   * @param end what is written behind
   * @returns bytes of their own: the answer before may still be on its way
   */
  write(sources: readonly Values[], openMetrics: boolean, end: string): Buffer {
    this.length = 0;
    for (const definition of METRICS) {
      const values = sources.find((one) => one.has(definition.name))?.get(definition.name);
      if (values) {
        this.family(definition, values, openMetrics);
      }
    }
    this.put(end);
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  private family({ name, type, help }: MetricDefinition, values: readonly Value[], openMetrics: boolean): void {
    // OpenMetrics names the family of a counter without its ending.
    const family = openMetrics && type === 'counter' ? name.replace(/_total$/, '') : name;
    this.put(`# HELP ${family} ${escapeHelp(help)}\n# TYPE ${family} ${type}\n`);
    for (const value of values) {
      this.series(value.metricName ?? name, value);
      this.put(openMetrics && value.exemplar ? `${exemplarText(value)}\n` : '\n');
    }
  }

  private series(name: string, { labels, sharedLabels, value }: Value): void {
    this.put(name);
    if (labels ?? sharedLabels) {
      this.put('{');
      this.put(sharedLabels ? labelText(sharedLabels) : '');
      this.put(sharedLabels && labels ? ',' : '');
      this.put(labels ? labelText(labels) : '');
      this.put('}');
    }
    this.put(' ');
    this.put(String(value));
  }

  private put(text: string): void {
    const need = this.length + text.length * BYTES_PER_UNIT;
    if (need > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(need, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    // A call into the runtime costs more than a few characters.
    if (text.length === 1) {
      this.buffer[this.length] = text.charCodeAt(0);
      this.length += 1;
    } else if (text !== '') {
      this.length += this.buffer.write(text, this.length);
    }
  }
}
