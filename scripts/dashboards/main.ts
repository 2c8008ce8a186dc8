import { generatedFiles, outdatedFiles, writeFiles } from './files';

const root = process.cwd();
const files = generatedFiles();
if (process.argv.includes('--check')) {
  const outdated = outdatedFiles(root, files);
  outdated.forEach((file) => process.stderr.write(`${file} is not what scripts/dashboards says. Run: npm run dashboards\n`));
  process.exitCode = outdated.length > 0 ? 1 : 0;
} else {
  writeFiles(root, files);
  process.stdout.write(`${[...files.keys()].join('\n')}\n`);
}
