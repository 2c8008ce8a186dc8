/**
 * Browsers draw no element beyond some height: Chrome 33.5 million pixels, Firefox about 17.8 million. A list that is taller gets an
 * element of this height, and its rows are put where that element stands.
 */
export const TALLEST = 15_000_000;
/** Pixels at once: nobody turns a wheel so far, and one pixel of the scrollbar is more. */
const JUMP = 10_000;
/** So near to an end of the element, the rows' own end has to be near as well. */
const EDGE = 3000;

/**
 * Where the rows of a list stand for a position of the element that scrolls, all in pixels. Up to `TALLEST` both are the same. Above,
 * the scrollbar leads to the same part of either, while wheel and keys move the rows pixel by pixel; the scrollbar is set right as
 * soon as the list stands still.
 */
export class TallScroll {
  /** How far the rows are ahead of the element. */
  shift = 0;
  private top = 0;
  private total = 0;
  private view = 0;

  /** Height of the element around the rows. */
  get height(): number {
    return Math.min(this.total, TALLEST);
  }

  /** The farthest that rows can be scrolled. */
  get farthest(): number {
    return Math.max(0, this.total - this.view);
  }

  /** Takes the height of all rows and of what is seen of them. */
  measure(total: number, view: number): void {
    this.total = total;
    this.view = view;
    if (total <= TALLEST) {
      this.shift = 0;
    }
  }

  /** The element has been scrolled. @returns where the rows stand now */
  moved(top: number): number {
    const far = Math.abs(top - this.top) > JUMP;
    this.top = top;
    if (top <= 0) {
      this.shift = 0;
    } else if (this.isTall && top >= this.end - 1) {
      this.shift = this.total - TALLEST;
    } else if (far) {
      this.shift = top * (this.ratio - 1);
    }
    return top + this.shift;
  }

  /** Rows are to stand elsewhere. @returns where the element has to be scrolled to */
  moveTo(offset: number): number {
    const near = offset - this.shift;
    const isNear = near > 0 && near < this.end && Math.abs(near - this.top) <= JUMP;
    return isNear || !this.isTall ? this.place(near, offset) : this.place(Math.round(offset / this.ratio), offset);
  }

  /** True when the element comes to an end before the rows do. */
  get isShort(): boolean {
    const above = this.top;
    const below = this.end - this.top;
    return this.isTall && ((above < EDGE && above + this.shift > 2 * EDGE) || (below < EDGE && this.farthest - this.top - this.shift > 2 * EDGE));
  }

  /** Sets the scrollbar right, and leaves the rows where they are. @returns where the element has to be scrolled to; undefined when it stands there */
  settle(): number | undefined {
    const offset = this.top + this.shift;
    const top = Math.round(offset / this.ratio);
    return !this.isTall || Math.abs(top - this.top) < 1 ? undefined : this.place(top, offset);
  }

  private get isTall(): boolean {
    return this.total > TALLEST;
  }

  /** The farthest that the element can be scrolled. */
  private get end(): number {
    return Math.max(0, this.height - this.view);
  }

  private get ratio(): number {
    return this.isTall ? this.farthest / this.end : 1;
  }

  private place(top: number, offset: number): number {
    this.top = top;
    this.shift = offset - top;
    return top;
  }
}
