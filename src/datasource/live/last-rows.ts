import { LiveRows } from './rows';

/** Panels that are remembered. */
const MAX_PANELS = 50;

/** What each live panel showed last, so that a refresh begins with it and asks only for what is new. */
export class LastRows {
  private readonly panels = new Map<string, LiveRows>();

  /** @param key all that decides which rows a panel shows */
  of(key: string, capacity: number): LiveRows {
    const rows = this.panels.get(key) ?? new LiveRows(capacity);
    this.panels.delete(key);
    this.panels.set(key, rows);
    if (this.panels.size > MAX_PANELS) {
      this.panels.delete(this.panels.keys().next().value ?? '');
    }
    return rows;
  }
}
