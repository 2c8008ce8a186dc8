import { mkdirSync, writeFileSync } from 'node:fs';
import { table } from '../bench/figures';
import { PARTS } from './evaluate';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  process.stderr.write(`There is no part "${unknown.join('", "')}". There are: ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(2);
}
const evaluations = [];
for (const [name, run] of Object.entries(PARTS)) {
  if (wanted.length === 0 || wanted.includes(name)) {
    evaluations.push(...(await run(process.env)));
  }
}
const figures = evaluations.flatMap((one) => one.figures);
const complaints = evaluations.flatMap((one) => one.complaints);
process.stdout.write(`${table(figures)}\n`);
if (complaints.length > 0) {
  process.stdout.write(`\nWhat was not right\n${complaints.map((one) => `  ${one}\n`).join('')}`);
}
if (!process.env.AI_MODEL) {
  process.stdout.write('\nNo model was asked: set AI_MODEL, and HEMOSTAT_AI_URL or a key, to judge one as well.\n');
}
mkdirSync('build', { recursive: true });
writeFileSync('build/eval.json', `${JSON.stringify({ figures, complaints }, null, 2)}\n`);
process.exit(figures.some(({ reached }) => reached === false) ? 1 : 0);
