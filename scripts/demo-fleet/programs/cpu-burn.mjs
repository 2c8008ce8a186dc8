// Burns one core, 19 ms of every 20, until it is restarted; the gaps keep it open for signals and health probes.
import { burn, complain, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

const BURST_MS = 95;
const GAP_MS = 5;

serveHealth();
live(voices[settings.voice]);
onIll(() => {
  complain('WARN similarity matrix did not converge after 10000 rounds, trying again with the same input');
  const round = () => {
    burn(BURST_MS);
    setTimeout(round, GAP_MS);
  };
  round();
  setInterval(() => complain('WARN similarity matrix did not converge, rounds so far: Infinity, queue waiting'), 5000);
});
