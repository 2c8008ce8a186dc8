let versions = 0;
const nextVersion = () => (versions += 1);

/** A map whose changes are a draft until they are committed: readers see only what was committed. */
export class DraftMap<V> {
  private readonly committed = new Map<string, V>();
  private readonly draft = new Map<string, V | undefined>();

  private keysVersion = nextVersion();

  /** @param takeOver gives the value to keep when a known key has changed; the changed value by default */
  constructor(private readonly takeOver: (kept: V, changed: V) => V = (_, changed) => changed) {}

  /** With the draft. */
  get(key: string): V | undefined {
    return this.draft.has(key) ? this.draft.get(key) : this.committed.get(key);
  }

  /** With the draft. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** What was set since the last commit. */
  drafted(key: string): V | undefined {
    return this.draft.get(key);
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
      const kept = this.committed.get(key);
      if ((kept === undefined) !== (value === undefined)) {
        this.keysVersion = nextVersion();
      }
      if (value === undefined) {
        this.committed.delete(key);
      } else {
        this.committed.set(key, kept === undefined ? value : this.takeOver(kept, value));
      }
    }
    this.draft.clear();
  }

  /** Another number, of all maps, whenever keys were committed or deleted. */
  get version(): number {
    return this.keysVersion;
  }

  /** Without the draft. */
  entries(): ReadonlyMap<string, V> {
    return this.committed;
  }
}
