import { useCallback, useEffect } from 'react';
import { useUrlState } from '../../hooks/useUrlState';
import { GROUPINGS, type Grouping, type IssueFilter } from './ActiveIssues.utils';

export interface View {
  filter: IssueFilter;
  grouping: Grouping;
  /** Ids of the rows that show their details. */
  open: readonly string[];
  set: (change: { severity?: readonly string[]; state?: readonly string[]; project?: readonly string[]; q?: string; group?: Grouping; open?: readonly string[] }) => void;
}

/** What is shown and how, as the address has it (R004). */
export function useView(): View {
  const [values, set] = useUrlState('severity', 'state', 'project', 'q', 'group', 'open');
  const grouping = GROUPINGS.find((one) => one === values.group[0]) ?? 'none';
  return {
    filter: { severities: values.severity, states: values.state, projects: values.project, text: values.q[0] ?? '' },
    grouping,
    open: values.open,
    set: (change) => set({ ...change, ...(change.group === 'none' ? { group: [] } : {}) }),
  };
}

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"], [role="menu"]';

/** True when a key press means something else: it is typed, or belongs to a question that is open. */
function isElsewhere(event: KeyboardEvent): boolean {
  const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented);
  return !plain || (event.target instanceof Element && event.target.closest(TYPING) !== null) || document.querySelector('[role="dialog"]') !== null;
}

const STEPS: Record<string, number> = { j: 1, k: -1 };

/** Goes on from the row at a place; to the first one from none. */
function focusRow(rows: readonly HTMLElement[], at: number, step: number): void {
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.querySelector<HTMLElement>('button')?.focus();
}

/**
 * Keys of a list: j and k move, others act on the row that has the focus.
 * @param rowSelector finds the rows in order; each holds its id as `data-id`, and moves put the focus on its first button
 * @param act by key, on the id of the row
 */
export function useListKeys(rowSelector: string, act: Readonly<Record<string, (id: string) => void>>): void {
  const onKey = useCallback(
    (event: KeyboardEvent) => {
      if (isElsewhere(event)) {
        return;
      }
      const rows = [...document.querySelectorAll<HTMLElement>(rowSelector)];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const id = rows[at]?.dataset.id;
      const step = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined;
      if (step !== undefined) {
        focusRow(rows, at, step);
        event.preventDefault();
      } else if (id !== undefined && Object.hasOwn(act, event.key)) {
        act[event.key]?.(id);
        event.preventDefault();
      }
    },
    [rowSelector, act]
  );
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onKey]);
}
