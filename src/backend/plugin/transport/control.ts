import { status, type sendUnaryData, type Server, type ServerDuplexStream, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { SERVICES } from './services';

const SERVING = 1;

/** The calls by which the host holds on to us: it opens them when it connects and keeps them open. */
export class HostTies {
  private readonly open = new Set<{ end(): void }>();
  /** When the last one ended (milliseconds of `performance.now`), undefined while one is open or none ever was. */
  private lostAt: number | undefined;

  tie(call: { end(): void; on(event: 'cancelled', listener: () => void): unknown }): void {
    this.open.add(call);
    this.lostAt = undefined;
    call.on('cancelled', () => this.untie(call));
  }

  untie(call: { end(): void }): void {
    if (this.open.delete(call) && this.open.size === 0) {
      this.lostAt = performance.now();
    }
  }

  /** Milliseconds since the host let go of us; 0 while it holds us or never did. */
  lostForMs(): number {
    return this.lostAt === undefined ? 0 : performance.now() - this.lostAt;
  }

  endAll(): void {
    this.open.forEach((call) => call.end());
  }
}

/** go-plugin's own services and gRPC's health. `shutdown` is called after the answer was given. */
export function addControl(server: Server, ties: HostTies, shutdown: () => void): void {
  server.addService(SERVICES.controller, {
    shutdown: (_call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
      answer(null, {});
      setImmediate(shutdown);
    },
  });
  server.addService(SERVICES.broker, {
    startStream: (call: ServerDuplexStream<object, object>) => {
      ties.tie(call);
      call.on('data', () => undefined);
      call.on('error', () => ties.untie(call));
      call.on('end', () => {
        ties.untie(call);
        call.end();
      });
    },
  });
  // Nothing is ever sent: what we have to say goes to standard error.
  server.addService(SERVICES.stdio, {
    streamStdio: (call: ServerWritableStream<object, object>) => {
      ties.tie(call);
      call.on('error', () => ties.untie(call));
    },
  });
  server.addService(SERVICES.health, {
    check: (call: ServerUnaryCall<{ service: string }, { status: number }>, answer: sendUnaryData<{ status: number }>) => {
      const known = ['', 'plugin'].includes(call.request.service);
      answer(known ? null : { code: status.NOT_FOUND, details: 'unknown service' }, { status: SERVING });
    },
  });
}
