// Every test sees one time zone, whatever the machine is set to.
process.env.TZ = 'UTC';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const scaffold = require('./.config/jest.config');
const { grafanaESModules } = require('./.config/jest/utils');

/** Folders of packages directly under a node_modules folder. */
function packageFolders(modules) {
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const folder = join(modules, entry.name);
      return entry.name.startsWith('@') ? packageFolders(folder) : [folder];
    });
}

/** Names of installed packages whose .js files are ES modules, which jest can load only after a transform. */
function esModulePackages(modules) {
  return packageFolders(modules).flatMap((folder) => {
    const manifest = join(folder, 'package.json');
    const nested = join(folder, 'node_modules');
    const found = existsSync(nested) ? esModulePackages(nested) : [];
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module') {
      found.push(folder.slice(folder.lastIndexOf('node_modules') + 'node_modules/'.length));
    }
    return found;
  });
}

// Read from the tree, so that a new dependency never needs a line here. Only the innermost node_modules counts.
// The browser half of yaml is made of ES modules, although its package says nothing of it.
const transformed = [...new Set([...esModulePackages(join(__dirname, 'node_modules')), ...grafanaESModules, 'yaml'])];
const transformIgnorePatterns = [
  `/node_modules/(?!.*/node_modules/)(?!(?:${transformed.join('|').replaceAll('.', '\\.')})/)`,
];

const swc = {
  jsc: { target: 'es2023', parser: { syntax: 'typescript', tsx: true, dynamicImport: true } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const node = {
  testEnvironment: 'node',
  // The folders are named so that jest never walks node_modules at its start.
  roots: ['src', 'agents', 'scripts', 'tests'].map((folder) => `<rootDir>/${folder}`),
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.m?[jt]sx?$': ['@swc/jest', swc] },
  transformIgnorePatterns,
};

module.exports = {
  projects: [
    {
      ...node,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/{contract,backend}/**/*.test.ts', '<rootDir>/{agents,scripts}/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/tests/support/timeout-unit.ts'],
    },
    {
      ...scaffold,
      displayName: 'ui',
      roots: ['<rootDir>/src'],
      testMatch: ['<rootDir>/src/**/*.test.{ts,tsx}'],
      testPathIgnorePatterns: ['<rootDir>/src/(?:contract|backend)/'],
      transform: { '^.+\\.m?[jt]sx?$': Object.values(scaffold.transform)[0] },
      transformIgnorePatterns,
    },
    {
      ...node,
      displayName: 'integration',
      testMatch: ['<rootDir>/tests/{integration,contract}/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/tests/support/timeout-integration.ts'],
    },
    {
      ...node,
      displayName: 'scenarios',
      testMatch: ['<rootDir>/tests/scenarios/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/tests/support/timeout-scenarios.ts'],
    },
  ],
};
