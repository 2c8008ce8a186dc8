import { elementScroll, observeElementOffset, type Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { TallScroll } from './tall';

type List = Virtualizer<HTMLDivElement, Element>;

/** The list asks its element how far it can be scrolled; of a list that is taller than any element, only we know. */
function askInstead(list: List, tall: TallScroll): void {
  Object.assign(list, { _elementMaxScrollOffset: () => tall.farthest });
}

/** Options of a virtualizer whose list may be taller than a browser's tallest element. */
export function useTallScroll() {
  const [tall] = useState(() => new TallScroll());
  const [shift, setShift] = useState(0);
  const settle = useCallback(
    (list: List) => {
      const top = tall.settle();
      if (top !== undefined && list.scrollElement) {
        // In one frame with the scrolling: else rows would be seen in a wrong place.
        flushSync(() => setShift(tall.shift));
        list.scrollElement.scrollTop = top;
      }
    },
    [tall]
  );
  const observe = useCallback(
    (list: List, tell: (offset: number, isScrolling: boolean) => void) =>
      observeElementOffset(list, (top, isScrolling) => {
        tell(tall.moved(top), isScrolling);
        setShift(tall.shift);
        if (!isScrolling || tall.isShort) {
          settle(list);
        }
      }),
    [tall, settle]
  );
  const scrollToFn = useCallback(
    (offset: number, { adjustments = 0, behavior }: { adjustments?: number; behavior?: ScrollBehavior }, list: List) => {
      const top = tall.moveTo(offset + adjustments);
      setShift(tall.shift);
      elementScroll(top, behavior ? { behavior } : {}, list);
    },
    [tall]
  );
  return { tall, shift, settle, observe, scrollToFn };
}

/** Takes in how high the list is now. Where its end was reached and more has come, there is room again to scroll on. */
export function useHeight(list: List, { tall, settle }: Pick<ReturnType<typeof useTallScroll>, 'tall' | 'settle'>, total: number): void {
  useLayoutEffect(() => askInstead(list, tall), [list, tall]);
  useLayoutEffect(() => {
    tall.measure(total, list.scrollElement?.clientHeight ?? 0);
    if (tall.isShort) {
      // Not while React draws.
      queueMicrotask(() => settle(list));
    }
  }, [list, tall, settle, total]);
}
