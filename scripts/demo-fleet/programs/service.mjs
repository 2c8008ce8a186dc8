// A service that stays well: the healthy neighbours, and those whom only a user stops or replaces.
import { live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

serveHealth();
live(voices[settings.voice]);
onIll(() => undefined);
