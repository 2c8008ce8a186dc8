import type { Server } from '@grpc/grpc-js';
import { errorText } from '../../../../agents/runtime/errors';
import { within } from '../../../../agents/runtime/wait';
import type { HostTies } from './control';
import type { Logger } from './logger';

const LOOK_EVERY_MS = 1000;
/** The host opens these calls once and holds them as long as it lives. Should only its connection break, it starts us again. */
const TIES_LOST_MS = 3000;
/** Calls that run when we are told to stop; the host kills after 2 s. */
const GRACE_MS = 300;

interface Stopping {
  server: Server;
  ties: HostTies;
  logger: Logger;
  /** Ends live streams and connections. */
  close: () => Promise<void>;
  exit: (code: number) => void;
}

/** @returns a function that stops the process once, answering first what runs. May be called again. */
export function stopOnce({ server, ties, logger, close, exit }: Stopping): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    if (stopping) {
      return;
    }
    stopping = true;
    logger.info('stopping', { reason });
    ties.endAll();
    const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    void (async () => {
      await within(Promise.allSettled([close(), drained]), GRACE_MS);
      server.forceShutdown();
      exit(0);
    })();
  };
}

/**
 * Leaves when Grafana is gone, also when it was killed: its process is no longer our parent, or it let go of every call.
 * @returns a function that ends the watch.
 */
export function watchForOrphanage(ties: HostTies, stop: (reason: string) => void, parent: () => number = () => process.ppid): () => void {
  const first = parent();
  const timer = setInterval(() => {
    if (parent() !== first) {
      stop('the parent process is gone');
    } else if (ties.lostForMs() > TIES_LOST_MS) {
      stop('the host closed its connection');
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** What the system may do to us. Ctrl-C reaches the whole terminal; Grafana decides what it means for us. */
export function handleSignals(target: NodeJS.EventEmitter, logger: Logger, stop: (reason: string) => void, exit: (code: number) => void): void {
  target.on('SIGINT', () => logger.debug('SIGINT is left to Grafana'));
  target.on('SIGTERM', () => stop('SIGTERM'));
  target.on('uncaughtException', (cause: unknown) => {
    logger.error('unexpected failure; Grafana starts the process again', { error: errorText(cause), stack: cause instanceof Error ? cause.stack : undefined });
    exit(1);
  });
  // Every call has its own try: what comes here belongs to background work, and need not take the other calls with it.
  target.on('unhandledRejection', (cause: unknown) => {
    logger.error('unexpected failure in the background', { error: errorText(cause), stack: cause instanceof Error ? cause.stack : undefined });
  });
}
