/** A map whose changes are a draft until they are committed: readers see only what was committed. */
export class DraftMap<V> {
  private readonly committed = new Map<string, V>();
  private readonly draft = new Map<string, V | undefined>();

  /** With the draft. */
  get(key: string): V | undefined {
    return this.draft.has(key) ? this.draft.get(key) : this.committed.get(key);
  }

  /** With the draft. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: V): void {
    this.draft.set(key, value);
  }

  delete(key: string): void {
    this.draft.set(key, undefined);
  }

  /** Changed keys; undefined stands for deleted. */
  changes(): ReadonlyMap<string, V | undefined> {
    return this.draft;
  }

  commit(): void {
    for (const [key, value] of this.draft) {
      if (value === undefined) {
        this.committed.delete(key);
      } else {
        this.committed.set(key, value);
      }
    }
    this.draft.clear();
  }

  /** Without the draft. */
  entries(): ReadonlyMap<string, V> {
    return this.committed;
  }
}
