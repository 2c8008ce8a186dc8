import type { Notice } from './notice';

export const CHANNEL_NAMES = ['slack', 'webhook', 'alertmanager'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** What is sent in one piece. */
export interface Message {
  /** `single` has one notice, `group` many of a burst, `digest` late ones, `state` those whose state is to be set, `test` none. */
  style: 'single' | 'group' | 'digest' | 'state' | 'test';
  notices: readonly Notice[];
  /** Notices before this one that could not be delivered here. */
  missed: number;
}

/** One way to people. A failed `send` throws DeliveryError; retries are the caller's. */
export interface Channel {
  readonly name: ChannelName;
  /** True for a channel that keeps states by itself: it gets all notices, in no groups, and silences on its own. */
  readonly keepsState: boolean;
  /** @returns the thread of each incident, where the channel has threads. */
  send(message: Message, signal: AbortSignal): Promise<{ thread?: string }>;
  /** Background work until the signal. */
  run?(signal: AbortSignal): Promise<void>;
}
