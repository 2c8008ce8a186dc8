// Falls over once with an unhandled error and exit code 1.
import { after, complain, dump, live, onIll, serveHealth, settings } from './lib.mjs';
import { voices } from './voices.mjs';

const STACK = `/app/dist/charge.js:88
    throw new TypeError(\`currency of order \${order.id} is \${order.total.currency}\`);
    ^

TypeError: Cannot read properties of undefined (reading 'currency')
    at chargeOrder (/app/dist/charge.js:88:57)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Worker.handle (/app/dist/worker.js:41:9)

Node.js v20.18.1`;

serveHealth();
live(voices[settings.voice]);
onIll(() => {
  complain('ERROR charge failed for order 8123, customer_token=Bearer sk_demo_51Hq2eXAMPLEtoken00');
  after(800, () => {
    dump(STACK);
    process.exit(1);
  });
});
