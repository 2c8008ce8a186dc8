import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
  type Logger,
} from '@slack/web-api';
import { errorText } from '../runtime/errors';
import type { Channel, Message } from './channel';
import { DeliveryError, isRetryableStatus, parseRetryAfter, postJson, scrub, MAX_RETRY_AFTER_MS } from './delivery';
import type { Notice } from './notice';
import { slackMessage, type SlackMessage } from './slack-blocks';
import type { Threads } from './threads';

interface SlackCommon {
  publicUrl: string;
  timeoutMs: number;
}

/** Slack by an incoming webhook: no threads. */
export class SlackWebhook implements Channel {
  readonly name = 'slack';
  readonly keepsState = false;

  constructor(private readonly options: SlackCommon & { url: string }) {}

  async send(message: Message, signal: AbortSignal): Promise<{ thread?: string }> {
    const body = { ...slackMessage(message, this.options.publicUrl), unfurl_links: false, unfurl_media: false };
    await postJson(this.options.url, JSON.stringify(body), { timeoutMs: this.options.timeoutMs, signal });
    return {};
  }
}

/** Answers of Slack that may be different next time. */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);
/** The parent of a thread is gone. */
const LOST_THREAD = new Set(['thread_not_found', 'message_not_found', 'cannot_reply_to_message']);
/** Told in the channel as well, not only in the thread. */
const LOUD: ReadonlySet<Notice['kind']> = new Set(['approval', 'failed', 'gave_up']);

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

function platformCode(cause: unknown): string {
  return cause instanceof WebAPIPlatformError ? cause.data.error : '';
}

function toDeliveryError(cause: unknown, secrets: readonly string[]): DeliveryError {
  if (cause instanceof WebAPIRateLimitedError) {
    const retryAfterMs = Math.min(cause.retryAfter * 1000, MAX_RETRY_AFTER_MS);
    return new DeliveryError('answered HTTP 429', { retryable: true, statusCode: 429, retryAfterMs, cause });
  }
  if (cause instanceof WebAPIHTTPError) {
    const retryAfterMs = parseRetryAfter(cause.headers['retry-after'], Date.now());
    return new DeliveryError(`answered HTTP ${cause.statusCode}`, {
      retryable: isRetryableStatus(cause.statusCode),
      statusCode: cause.statusCode,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      cause,
    });
  }
  if (cause instanceof WebAPIPlatformError) {
    const code = platformCode(cause);
    return new DeliveryError(`answered ${scrub(code, secrets)}`, { retryable: PASSING.has(code), cause });
  }
  const inner = cause instanceof WebAPIRequestError ? cause.original : cause;
  return new DeliveryError(`cannot be reached: ${scrub(errorText(inner), secrets)}`, { retryable: true, cause });
}

/** Slack by a bot: one thread an incident. */
export class SlackBot implements Channel {
  readonly name = 'slack';
  readonly keepsState = false;
  private readonly client: WebClient;

  constructor(
    private readonly options: SlackCommon & { token: string; channel: string; apiUrl: string; threads: Threads }
  ) {
    this.client = new WebClient(options.token, {
      slackApiUrl: options.apiUrl,
      timeout: options.timeoutMs,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      // Its own log lines would not pass our redaction.
      logger: silent,
    });
  }

  async send(message: Message): Promise<{ thread?: string }> {
    const { threads, publicUrl } = this.options;
    const [first] = message.notices;
    const wanted = message.style === 'single' && first ? await threads.get(first) : undefined;
    const content = slackMessage(message, publicUrl);
    const loud = first !== undefined && LOUD.has(first.kind);
    const thread = await this.post(content, wanted, loud);
    await threads.keep(message.notices, thread, wanted !== undefined && wanted !== thread);
    return { thread };
  }

  /** @returns the thread that the message stands in: its own when it began one. */
  private async post(content: SlackMessage, thread: string | undefined, loud: boolean): Promise<string> {
    try {
      const ts = await this.postOnce(content, thread, loud);
      return thread ?? ts;
    } catch (cause) {
      if (thread && LOST_THREAD.has(platformCode(cause))) {
        return this.post(content, undefined, loud);
      }
      throw toDeliveryError(cause, [this.options.token, this.options.apiUrl]);
    }
  }

  private async postOnce(content: SlackMessage, thread: string | undefined, loud: boolean): Promise<string> {
    const place = thread ? { thread_ts: thread, reply_broadcast: loud } : {};
    const answer = await this.client.chat.postMessage({
      channel: this.options.channel,
      text: content.text,
      blocks: content.blocks,
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      ...place,
    });
    return answer.ts ?? '';
  }
}
