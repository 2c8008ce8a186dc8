/**
 * Browsers draw no element beyond some height: Chrome 33.5 million pixels, Firefox about 17.8 million. A list that is taller gets an
 * element of this height, and its rows are put where that element stands.
 */
export const TALLEST = 15_000_000;
/** Pixels at once: nobody turns a wheel so far, and one pixel of the scrollbar is more. */
const JUMP = 10_000;
/** So much at either end is the same for element and rows, so that the wheel comes to an end of both. More than a jump: nobody gets past it unseen. */
const EDGE = 2 * JUMP;

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
      this.shift = this.rowsAt(top) - top;
    }
    return top + this.shift;
  }

  /** Rows are to stand elsewhere. @returns where the element has to be scrolled to */
  moveTo(offset: number): number {
    const near = offset - this.shift;
    const isNear = near > 0 && near < this.end && Math.abs(near - this.top) <= JUMP;
    return isNear || !this.isTall ? this.place(near, offset) : this.place(this.elementAt(offset), offset);
  }

  /** True when the element is about to come to an end and the rows are not. */
  get isShort(): boolean {
    const atTop = this.top < EDGE && this.shift > 1;
    const atEnd = this.top > this.end - EDGE && this.shift < this.total - TALLEST - 1;
    return this.isTall && (atTop || atEnd);
  }

  /** Sets the scrollbar right, and leaves the rows where they are. @returns where the element has to be scrolled to; undefined when it stands there */
  settle(): number | undefined {
    const offset = this.top + this.shift;
    const top = this.elementAt(offset);
    return !this.isTall || Math.abs(top - this.top) < 1 ? undefined : this.place(top, offset);
  }

  private get isTall(): boolean {
    return this.total > TALLEST;
  }

  /** The farthest that the element can be scrolled. */
  private get end(): number {
    return Math.max(0, this.height - this.view);
  }

  /** Pixels of the rows for one of the element, between both ends. */
  private get ratio(): number {
    return (this.farthest - 2 * EDGE) / (this.end - 2 * EDGE);
  }

  private rowsAt(top: number): number {
    if (!this.isTall || top <= EDGE) {
      return top;
    }
    return top >= this.end - EDGE ? this.farthest - (this.end - top) : EDGE + (top - EDGE) * this.ratio;
  }

  private elementAt(offset: number): number {
    if (!this.isTall || offset <= EDGE) {
      return offset;
    }
    return offset >= this.farthest - EDGE ? this.end - (this.farthest - offset) : Math.round(EDGE + (offset - EDGE) / this.ratio);
  }

  private place(top: number, offset: number): number {
    this.top = top;
    this.shift = offset - top;
    return top;
  }
}
