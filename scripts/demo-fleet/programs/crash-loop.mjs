// Cannot finish starting: ends with exit code 1 shortly after every start for as long as it is ill.
import { after, complain, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

const REASONS = {
  mailer: [
    'ERROR spool lock /var/spool/mailer/lock is held by pid 41 which does not exist',
    'FATAL cannot take the spool lock, giving up: EEXIST: file already exists, open /var/spool/mailer/lock',
  ],
  scheduler: [
    'WARN lock service not reachable: connect ECONNREFUSED 10.0.3.9:2379',
    'FATAL no lock service after 3 tries: Error: connect ECONNREFUSED 10.0.3.9:2379\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)',
  ],
};

serveHealth();
live(voices[settings.voice]);
onIll(() => {
  const [first, last] = REASONS[settings.voice] ?? REASONS.mailer;
  after(400, () => complain(first));
  after(1000, () => {
    complain(last);
    process.exit(1);
  });
});
