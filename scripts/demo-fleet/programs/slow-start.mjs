// Well, but slow to start: its health page opens only when the warm-up is over.
import { after, live, onIll, say, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

const STEPS = 6;
for (let step = 1; step <= STEPS; step += 1) {
  after((settings.slowStartMs / STEPS) * step, () =>
    say(`INFO rebuilding index, ${Math.round((step / STEPS) * 100)} %`)
  );
}
after(settings.slowStartMs, () => {
  say('INFO index ready, serving on :8080');
  serveHealth();
});
live(voices[settings.voice]);
onIll(() => undefined);
