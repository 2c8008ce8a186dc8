import { readFileSync, writeFileSync } from 'node:fs';
import { withTable } from './settings-table';

writeFileSync('README.md', withTable(readFileSync('README.md', 'utf8')));
process.stdout.write('README.md: the table of settings is up to date.\n');
