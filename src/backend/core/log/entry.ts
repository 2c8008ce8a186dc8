/** One entry of the log as Redis holds it. */
export interface Entry {
  partition: number;
  /** Entry id: `<ms>-<seq>`. */
  id: string;
  ms: number;
  seq: number;
  type: string;
  incident: string;
  json: string;
}

/** Entry id as two numbers; undefined when it is none. */
export function parseId(id: string): { ms: number; seq: number } | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(id);
  return match ? { ms: Number(match[1]), seq: Number(match[2]) } : undefined;
}

function valueOf(fields: readonly string[], name: string, usual: number): string {
  // The log writes its fields in one order; other writers may use another.
  const at = fields[usual] === name ? usual : fields.findIndex((field, index) => index % 2 === 0 && field === name);
  return at < 0 ? '' : (fields[at + 1] ?? '');
}

function entryOf(partition: number, id: string, fields: readonly string[]): Entry {
  const dash = id.indexOf('-');
  return {
    partition,
    id,
    ms: Number(id.slice(0, dash)),
    seq: Number(id.slice(dash + 1)),
    type: valueOf(fields, 'type', 0),
    incident: valueOf(fields, 'incident', 2),
    json: valueOf(fields, 'json', 4),
  };
}

/** Entries of XRANGE and XREVRANGE. One that was trimmed away has no fields and is left out. */
export function entriesOf(partition: number, reply: unknown): Entry[] {
  const entries: Entry[] = [];
  for (const pair of (reply ?? []) as Array<[string, string[] | null] | null>) {
    if (pair?.[1]) {
      entries.push(entryOf(partition, pair[0], pair[1]));
    }
  }
  return entries;
}

/** Order of the whole log: by entry id, at equal ids by partition. */
export function compareEntries(a: Entry, b: Entry): number {
  return a.ms - b.ms || a.seq - b.seq || a.partition - b.partition;
}
