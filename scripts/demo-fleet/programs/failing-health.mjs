// Runs on, but answers its health page with 503 until it is restarted.
import { complain, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

let ill = false;
serveHealth(() => (ill ? [503, '{"status":"down","cache":"connection refused"}'] : [200, '{"status":"up"}']));
live(voices[settings.voice]);
onIll(() => {
  ill = true;
  const lines = [
    'ERROR cache lost: connect ECONNREFUSED 10.0.2.5:6379 (redis://cart:s3cr3t-demo@cache:6379/1)',
    'ERROR connection refused, pool exhausted: 20 of 20 connections broken, will not be reopened',
    'ERROR GET /cart 503 connection refused',
  ];
  lines.forEach((line) => complain(line));
  setInterval(() => complain(lines[lines.length - 1]), 4000);
});
