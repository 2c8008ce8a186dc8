import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A command on its way to Redis that something is to happen at. */
export interface Trap {
  /** What the bytes of the command look like: names are written as they were sent. */
  command: RegExp;
  /** `before`: Redis never gets it. `after`: Redis gets it, the sender never hears its answer. */
  when: 'before' | 'after';
  /** Called once. */
  spring: () => void;
}

export interface RedisProxy {
  readonly port: number;
  /** Takes the place of the trap before. */
  set(trap: Trap): void;
  stop(): Promise<void>;
}

/** Bytes that are looked back at, for a command that comes in several pieces. */
const LOOK_BACK = 4096;

/** Stands between a program and Redis, so that the program can be killed exactly at one of its commands. */
export async function startRedisProxy(redisPort: number): Promise<RedisProxy> {
  let trap: Trap | undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    const far = keep(connect(redisPort, '127.0.0.1'));
    let before = '';
    let cut = false;
    near.on('data', (bytes) => {
      const text = before + bytes.toString('latin1');
      before = text.slice(-LOOK_BACK);
      const sprung = trap?.command.test(text) ? trap : undefined;
      if (sprung) {
        trap = undefined;
        before = '';
        cut = true;
      }
      if (sprung?.when !== 'before') {
        far.write(bytes);
      }
      sprung?.spring();
    });
    far.on('data', (bytes) => cut || near.write(bytes));
    // Redis must do what it was sent, although the sender is dead: its side stays open.
    near.once('close', () => (cut ? undefined : far.destroy()));
    far.once('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      trap = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
