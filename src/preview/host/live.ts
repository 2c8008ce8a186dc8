import { LiveChannelConnectionState, LiveChannelEventType, type LiveChannelAddress, type LiveChannelEvent, type LiveChannelPresenceStatus, type LiveChannelStatusEvent } from '@grafana/data';
import type { GrafanaLiveSrv } from '@grafana/runtime';
import { BehaviorSubject, concat, defer, EMPTY, Observable, of, share } from 'rxjs';

/** A channel that was refused is tried again after this time. */
const AGAIN_MS = 2000;

interface Channel {
  last: LiveChannelStatusEvent | undefined;
  events: Observable<LiveChannelEvent>;
}

const idOf = ({ scope, stream, path }: LiveChannelAddress): string => `${scope}/${stream}/${path}`;

function statusOf(id: string, state: LiveChannelConnectionState, more: Partial<LiveChannelStatusEvent> = {}): LiveChannelStatusEvent {
  return { type: LiveChannelEventType.Status, id, timestamp: Date.now(), state, ...more };
}

/** One stream of server-sent events, opened again for as long as somebody listens. */
function listen(id: string, online: BehaviorSubject<boolean>): Observable<LiveChannelEvent> {
  return new Observable((subscriber) => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(`/api/live/${id}`);
      source.addEventListener('schema', ({ data }: MessageEvent<string>) => {
        online.next(true);
        subscriber.next(statusOf(id, LiveChannelConnectionState.Connected, { message: JSON.parse(data) as unknown }));
      });
      source.addEventListener('frame', ({ data }: MessageEvent<string>) => subscriber.next({ type: LiveChannelEventType.Message, message: JSON.parse(data) as unknown }));
      source.addEventListener('error', () => {
        online.next(false);
        subscriber.next(statusOf(id, LiveChannelConnectionState.Disconnected, { error: 'The connection is lost.' }));
        // The browser connects anew by itself, but not after an answer that was no stream.
        if (source?.readyState === EventSource.CLOSED) {
          again = setTimeout(open, AGAIN_MS);
        }
      });
    };
    subscriber.next(statusOf(id, LiveChannelConnectionState.Pending));
    open();
    return () => {
      clearTimeout(again);
      source?.close();
    };
  });
}

/** Grafana Live over the server-sent events of the HTTP door. Listeners of one channel share one connection: browsers open only six. */
export class HostLiveSrv implements GrafanaLiveSrv {
  private readonly channels = new Map<string, Channel>();
  private readonly online = new BehaviorSubject(true);

  getConnectionState(): Observable<boolean> {
    return this.online;
  }

  getStream<T>(address: LiveChannelAddress): Observable<LiveChannelEvent<T>> {
    const channel = this.channelOf(idOf(address));
    // Whoever comes later must hear that it is connected already.
    return defer(() => concat(channel.last ? of(channel.last) : EMPTY, channel.events)) as Observable<LiveChannelEvent<T>>;
  }

  private channelOf(id: string): Channel {
    const known = this.channels.get(id);
    if (known) {
      return known;
    }
    const source = new Observable<LiveChannelEvent>((subscriber) => {
      const listening = listen(id, this.online).subscribe((event) => {
        channel.last = event.type === LiveChannelEventType.Status ? event : channel.last;
        subscriber.next(event);
      });
      return () => {
        channel.last = undefined;
        listening.unsubscribe();
      };
    });
    const channel: Channel = { last: undefined, events: source.pipe(share()) };
    this.channels.set(id, channel);
    return channel;
  }

  getDataStream(): Observable<never> {
    return new Observable((subscriber) => subscriber.error(new Error('The preview has no data streams of Grafana Live.')));
  }

  async getPresence(): Promise<LiveChannelPresenceStatus> {
    return { users: [] };
  }

  async publish(): Promise<never> {
    throw new Error('Nothing is published in the preview.');
  }
}
