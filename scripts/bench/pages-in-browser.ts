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
