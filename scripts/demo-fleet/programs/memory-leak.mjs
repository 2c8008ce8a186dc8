// Keeps what it should let go, 5 MB a second, up to its memory limit, where the kernel (here: the fleet) kills it.
import { complain, dump, live, onIll, scaled, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

const CHUNK = 1024 * 1024;
const CHUNK_EVERY_MS = 200;
/** Never past the limit by more than this, whoever watches. */
const OVERSHOOT = 8 * CHUNK;

const kept = [];
const used = () => kept.length + Math.round(process.memoryUsage().heapUsed / CHUNK);

serveHealth();
live(voices[settings.voice]);
onIll(() => {
  const limitMb = Math.round(settings.memoryBytes / CHUNK);
  complain('WARN result cache has no upper bound, entries: 120000 and growing');
  let warned = false;
  setInterval(() => {
    if (kept.length * CHUNK < settings.memoryBytes + OVERSHOOT) {
      kept.push(Buffer.alloc(CHUNK, 1));
    }
    if (kept.length % 15 === 0) {
      complain(
        `WARN heap pressure: ${used()} MB in use, container limit ${limitMb} MB, cache entries ${kept.length * 4000}`
      );
    }
    if (!warned && kept.length * CHUNK > settings.memoryBytes * 0.7) {
      warned = true;
      dump(
        `<--- Last few GCs --->\n[1:0x5581]  Mark-Compact ${kept.length}.1 (${limitMb}.0) -> ${kept.length}.0 (${limitMb}.0) MB, ineffective`
      );
      dump('FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory');
    }
  }, scaled(CHUNK_EVERY_MS));
});
