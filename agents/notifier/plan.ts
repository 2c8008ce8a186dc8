import type { NoticeKind } from '../runtime/settings/notifier';
import type { Message } from './channel';
import type { Notice } from './notice';

/** An unsent message: `missed` is added when it goes out. */
export type Planned = Omit<Message, 'missed'>;

export interface PlanOptions {
  /** More of one kind than this become one message. */
  groupOver: number;
  staleMs: number;
  now: number;
  /** How many of a kind were sent within the window already. */
  recentOf: (kind: NoticeKind) => number;
}

/** True when the event happened so long ago that telling it now is late. */
export function isStale(notice: Notice, staleMs: number, now: number): boolean {
  return now - Date.parse(notice.event.time) > staleMs;
}

/** By kind, kinds in the order of their first notice. */
export function byKind(notices: readonly Notice[]): Map<NoticeKind, Notice[]> {
  const kinds = new Map<NoticeKind, Notice[]>();
  notices.forEach((notice) => kinds.set(notice.kind, [...(kinds.get(notice.kind) ?? []), notice]));
  return kinds;
}

/** Which messages some notices become: late ones one digest, a burst of one kind one group, the others one each. Pure. */
export function planMessages(notices: readonly Notice[], options: PlanOptions): Planned[] {
  const late = notices.filter((notice) => isStale(notice, options.staleMs, options.now));
  const fresh = notices.filter((notice) => !late.includes(notice));
  const messages: Planned[] = late.length > 0 ? [{ style: 'digest', notices: late }] : [];
  for (const [kind, some] of byKind(fresh)) {
    if (some.length > 1 && some.length + options.recentOf(kind) > options.groupOver) {
      messages.push({ style: 'group', notices: some });
    } else {
      messages.push(...some.map((notice): Planned => ({ style: 'single', notices: [notice] })));
    }
  }
  return messages;
}
