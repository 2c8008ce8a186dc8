// Owns the network that another container shares; loses its peer and ends, to be restarted by its restart policy.
import { after, complain, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

serveHealth();
live(voices[settings.voice]);
onIll(() => {
  complain('ERROR no handshake with peer 198.51.100.7:51820 for 180 s');
  after(500, () => {
    complain('FATAL tunnel interface went down, ending');
    process.exit(1);
  });
});
