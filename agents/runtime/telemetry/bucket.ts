/** How much of a second's share may be saved up for a burst. */
const BURST_SECONDS = 5;

/** Lets so many through a second, and bursts of five seconds' worth. */
export class Bucket {
  private left: number;
  private filledAt: number;

  /** @param now milliseconds on a clock that cannot jump */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now()
  ) {
    this.left = perSecond * BURST_SECONDS;
    this.filledAt = now();
  }

  take(): boolean {
    if (this.left < 1) {
      this.fill();
    }
    if (this.left < 1) {
      return false;
    }
    this.left -= 1;
    return true;
  }

  /** What was taken and not used. */
  giveBack(): void {
    this.left += 1;
  }

  private fill(): void {
    const now = this.now();
    this.left = Math.min(this.perSecond * BURST_SECONDS, this.left + ((now - this.filledAt) * this.perSecond) / 1000);
    this.filledAt = now;
  }
}
