// Shares the network of another container; when that one has been restarted, this one sits in a dead network.
import { complain, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

let ill = false;
serveHealth(() => (ill ? [503, 'hub.example: Network is unreachable'] : [200, 'ok']));
live(voices[settings.voice]);
onIll(() => {
  ill = true;
  const lost = 'ERROR forward failed: connect ENETUNREACH 203.0.113.20:443 - Local (0.0.0.0:0)';
  complain(lost);
  complain('ERROR no interface but lo in this network name space');
  setInterval(() => complain(lost), 4000);
});
