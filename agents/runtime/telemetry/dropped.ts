export const DROPPABLE = ['logs', 'spans', 'figures'] as const;
export type Droppable = (typeof DROPPABLE)[number];

/** What was left out and not yet told to Redis. */
export class Dropped {
  private counts: Record<Droppable, number> = { logs: 0, spans: 0, figures: 0 };
  /** Since this process began. */
  readonly total: Record<Droppable, number> = { logs: 0, spans: 0, figures: 0 };

  add(kind: Droppable, count = 1): void {
    this.counts[kind] += count;
    this.total[kind] += count;
  }

  /** Whoever takes them must write them. */
  take(): Array<[Droppable, number]> {
    const taken = DROPPABLE.map((kind): [Droppable, number] => [kind, this.counts[kind]]).filter(([, count]) => count > 0);
    this.counts = { logs: 0, spans: 0, figures: 0 };
    return taken;
  }
}
