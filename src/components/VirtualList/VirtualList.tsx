import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { measureElement, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useImperativeHandle, useRef, type HTMLAttributes, type KeyboardEvent, type ReactNode, type Ref, type UIEvent } from 'react';
import { TALLEST } from './tall';
import { useHeight, useTallScroll } from './useTallScroll';

/** What a page may make the list do. */
export interface VirtualListHandle {
  scrollTo: (index: number, align?: 'start' | 'center' | 'auto') => void;
  toTop: () => void;
}

export interface VirtualListProps {
  count: number;
  /** Stays with a row while rows are added before it. The same function as long as it gives the same keys: with another one all rows are measured anew. */
  itemKey: (index: number) => string | number;
  /** Pixels, while a row is not measured yet. */
  rowHeight: number;
  children: (index: number) => ReactNode;
  /** Attributes of each row, such as its role. */
  rowProps?: (index: number) => HTMLAttributes<HTMLDivElement>;
  /** Attributes of the box that scrolls, such as role and label. */
  boxProps: HTMLAttributes<HTMLDivElement>;
  /** Attributes of the element around header and rows, such as the role of a table. */
  innerProps?: HTMLAttributes<HTMLDivElement>;
  /** Attributes of the element around all rows. */
  bodyProps?: HTMLAttributes<HTMLDivElement>;
  /** Stays in sight at the top. */
  header?: ReactNode;
  /** Stands after the last row. */
  footer?: ReactNode;
  /** The rows in sight have changed; both ends included. */
  onVisible?: (first: number, last: number) => void;
  /** True when the list stands at its very top. */
  onTop?: (atTop: boolean) => void;
  /** Not called ref: React 18 keeps that one for itself. */
  handle?: Ref<VirtualListHandle> | undefined;
}

/** Rows that are drawn beyond what is in sight. */
const OVERSCAN = 12;
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
/** In a row: takes the focus when somebody goes from row to row by keys. */
const FOCUS = '[data-row-focus]';

const indexOf = (element: Element | null): number => Number(element?.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN);

/** The row that a key leads to; undefined when it leads nowhere. */
function targetOf({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent<HTMLElement>, count: number): number | undefined {
  const step = STEPS[key];
  const at = indexOf(document.activeElement);
  const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (step === undefined || ctrlKey || metaKey || altKey || typing) {
    return undefined;
  }
  return Number.isNaN(at) ? 0 : Math.min(count - 1, Math.max(0, at + step));
}

/** What is known of a row's height. */
function heightOf(list: Virtualizer<HTMLDivElement, Element>, row: Element): number {
  const { measurementsCache, options } = list;
  const index = list.indexFromElement(row);
  return measurementsCache[index]?.size ?? options.estimateSize(index);
}

/** A list of any length, of which only what is in sight is drawn. Up and down, or k and j, go from row to row. */
export function VirtualList({ count, itemKey, rowHeight, children, rowProps, boxProps, innerProps, bodyProps, header, footer, onVisible, onTop, handle }: VirtualListProps) {
  const styles = useStyles2(getStyles);
  const box = useRef<HTMLDivElement>(null);
  const { tall, shift, settle, observe, scrollToFn } = useTallScroll();
  // eslint-disable-next-line react-hooks/incompatible-library -- it keeps React's compiler, which does not run here, from memoizing this component
  const list = useVirtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: itemKey,
    overscan: OVERSCAN,
    // Drawn by React in its own time: else each step of the wheel is drawn at once and twice.
    useFlushSync: false,
    // Not before the browser has laid the row out by itself: to ask it for each new row takes most of the time of scrolling.
    measureElement: (element, entry, instance) => (entry ? measureElement(element, entry, instance) : heightOf(instance, element)),
    observeElementOffset: observe,
    scrollToFn,
  });
  const total = list.getTotalSize();
  useHeight(list, { tall, settle }, total);
  useImperativeHandle(handle, () => ({ scrollTo: (index, align = 'auto') => list.scrollToIndex(index, { align }), toTop: () => list.scrollToOffset(0) }), [list]);
  const { startIndex = 0, endIndex = 0 } = list.range ?? {};
  useEffect(() => {
    // Nothing is given back: React would take it for what undoes this effect.
    onVisible?.(startIndex, endIndex);
  }, [onVisible, startIndex, endIndex, count]);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = targetOf(event, count);
    if (target === undefined || count === 0) {
      return;
    }
    event.preventDefault();
    list.scrollToIndex(target, { align: 'auto' });
    const focus = () => box.current?.querySelector(`[data-index="${target}"]`)?.querySelector<HTMLElement>(FOCUS)?.focus({ preventScroll: true });
    // What is beyond the drawn rows is there only after the next drawing.
    focus();
    requestAnimationFrame(focus);
  };
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => onTop?.(currentTarget.scrollTop < rowHeight / 2);
  return (
    <div {...boxProps} ref={box} tabIndex={0} className={cx(styles.box, boxProps.className)} onKeyDown={move} onScroll={scrolled}>
      <div {...innerProps}>
        {header}
        <div {...bodyProps} className={cx(styles.body, bodyProps?.className)} style={{ height: Math.min(total, TALLEST) }}>
          {list.getVirtualItems().map((item) => (
            <div key={item.key} {...rowProps?.(item.index)} ref={list.measureElement} data-index={item.index} className={cx(styles.row, rowProps?.(item.index).className)} style={{ transform: `translateY(${item.start - shift}px)` }}>
              {children(item.index)}
            </div>
          ))}
        </div>
      </div>
      {footer}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    overflow: 'auto',
    // Rows that change their height move nothing: the list keeps the place itself.
    overflowAnchor: 'none',
    maxHeight: 'max(420px, calc(100vh - 300px))',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.primary,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
  }),
  body: css({ position: 'relative', width: '100%' }),
  row: css({ position: 'absolute', top: 0, left: 0, width: '100%' }),
});
