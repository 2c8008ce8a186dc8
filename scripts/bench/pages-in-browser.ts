/** What runs inside the browser: as text, since everything else here is checked for Node, which has no document. */

/** Sets `paintedAt` to the frame in which an element shows a figure; milliseconds since the navigation. */
export const watchFor = (selector: string): string => `
  (() => {
    const look = () => {
      if (/\\d/.test(document.querySelector(${JSON.stringify(selector)})?.textContent ?? '')) {
        requestAnimationFrame((at) => { window.paintedAt = at; });
      } else {
        requestAnimationFrame(look);
      }
    };
    requestAnimationFrame(look);
  })()`;

export interface Scrolled {
  /** Frames a second. */
  perSecond: number;
  longestMs: number;
  /** Pixels. */
  distance: number;
}

/** Draws for a while, moving the box by a step each frame. @param step pixels; 0 measures what the browser can do at most */
export const scroll = (selector: string, forMs: number, step: number): string => `
  new Promise((over) => {
    const box = document.querySelector(${JSON.stringify(selector)});
    box.scrollTop = 0;
    const times = [];
    const frame = (at) => {
      times.push(at);
      box.scrollTop += ${step};
      if (at - times[0] < ${forMs}) {
        requestAnimationFrame(frame);
        return;
      }
      const waits = times.slice(1).map((one, index) => one - times[index]);
      over({ perSecond: (1000 * waits.length) / (at - times[0]), longestMs: Math.max(...waits), distance: box.scrollTop });
    };
    requestAnimationFrame(frame);
  })`;

/** Goes to the last row that is there. */
export const toEnd = (selector: string): string => `
  (() => {
    const box = document.querySelector(${JSON.stringify(selector)});
    box.scrollTop = box.scrollHeight;
  })()`;

/** From now on tasks of more than 50 ms are noted. */
export const noteLongTasks = `
  (() => {
    window.longTasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.longTasks.push(duration))).observe({ entryTypes: ['longtask'] });
  })()`;

/** Gives what was noted since the last time, in milliseconds. */
export const longTasks = 'window.longTasks.splice(0)';

/** Stays at the end for a while, as more comes in. */
export const scrollOn = (selector: string, forMs: number): string => `
  (async () => {
    const box = document.querySelector(${JSON.stringify(selector)});
    for (const begun = performance.now(); performance.now() - begun < ${forMs};) {
      box.scrollTop = box.scrollHeight;
      await new Promise((over) => setTimeout(over, 25));
    }
  })()`;

/** All of a box, with its scrollbar. */
export const intoView = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ block: 'end' })`;

export interface InSight {
  /** Numbers of the rows, from 0. */
  first: number;
  last: number;
  /** Of the last one. */
  text: string;
}

const SEEN = (selector: string): string => `
  const box = document.querySelector(${JSON.stringify(selector)});
  const { top, bottom } = box.getBoundingClientRect();
  const rows = [...box.querySelectorAll('[data-index]')].filter((row) => row.getBoundingClientRect().bottom > top + 1 && row.getBoundingClientRect().top < bottom - 1);`;

/** Rows fill the box, and all of them have been read. */
export const isStill = (selector: string): string => `
  (() => {${SEEN(selector)}
    return rows.length > 5 && rows.every((row) => row.querySelector('[data-row-focus]'));
  })()`;

/** What somebody sees. */
export const inSight = (selector: string): string => `
  (() => {${SEEN(selector)}
    const last = rows.at(-1);
    return { first: Number(rows[0].dataset.index), last: Number(last.dataset.index), text: last.textContent };
  })()`;
