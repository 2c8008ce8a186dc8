// What every program of the demo fleet shares: its orders, its log, its health page, its pulse.
import { rmSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';

/** Set by the fleet: speed (factor), ill (at start), voice (which lines it logs), memoryBytes (its limit), slowStartMs. */
export const settings = {
  speed: 1,
  ill: false,
  voice: 'web',
  memoryBytes: 0,
  slowStartMs: 0,
  ...JSON.parse(process.env.FLEET ?? '{}'),
};

export const scaled = (ms) => ms / settings.speed;
export const after = (ms, act) => setTimeout(act, scaled(ms));
export const say = (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
export const complain = (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
/** Lines as they are, for stack traces. */
export const dump = (text) => process.stderr.write(`${text}\n`);
const between = (low, high) => low + Math.random() * (high - low);
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Keeps the core busy for so many milliseconds. */
export function burn(ms) {
  const end = performance.now() + ms;
  let sink = 0;
  while (performance.now() < end) {
    sink += Math.sqrt(sink + 1);
  }
  return sink;
}

/** Calls `fallIll` once, now or when the fleet orders it. */
export function onIll(fallIll) {
  let told = false;
  const once = () => {
    if (!told) {
      told = true;
      fallIll();
    }
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => line === 'ill' && once())
    // The other end is gone, so the fleet is: nothing may outlive it.
    .on('close', () => process.exit(0));
  if (settings.ill) {
    once();
  }
}

/** The health page on a socket in the own folder; `health()` gives [status, body]. */
export function serveHealth(health = () => [200, 'ok']) {
  rmSync('http.sock', { force: true });
  net
    .createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        const [status, body] = health();
        socket.end(
          `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Service Unavailable'}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
        );
      });
    })
    .listen('http.sock');
}

/** Lines of everyday work at uneven times, and a little load that comes and goes. */
export function live(voice) {
  voice.start.forEach((line) => say(line));
  const chat = () => {
    say(pick(voice.work)(Math.floor(between(1000, 9999)), Math.floor(between(2, 90))));
    setTimeout(chat, between(4000, 14_000));
  };
  setTimeout(chat, between(500, 4000));
  const phase = between(0, 6);
  const pulse = () => {
    burn((Math.sin(Date.now() / 20_000 + phase) + 1) * voice.loadMs + between(0, voice.loadMs));
    setTimeout(pulse, between(1500, 2500));
  };
  setTimeout(pulse, between(1000, 3000));
}

process.title = `node /app/dist/${settings.voice}.js`;
process.on('SIGTERM', () => {
  say('INFO received SIGTERM, closing listeners');
  process.exit(143);
});
