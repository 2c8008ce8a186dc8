import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import tsPlugin from '@typescript-eslint/eslint-plugin';
import { defineConfig } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import baseConfig from './.config/eslint.config.mjs';

const root = import.meta.dirname;
/** Checked with agents/tsconfig.json: everything that runs in Node. */
const nodeFiles = ['agents/**/*.ts', 'src/{contract,backend}/**/*.ts', 'scripts/**/*.ts', 'tests/**/*.ts'];
const testFiles = ['**/*.test.ts', '**/*.test.tsx', 'tests/**/*.ts', 'agents/**/testing/**/*.ts'];

/** May be imported by every agent: what all agents stand on, and the adapters of the Docker engine and of language models. */
const sharedByAgents = ['runtime', 'docker', 'model'];
const agentFolders = readdirSync(path.join(root, 'agents'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** One direction a line; a folder that does not exist yet is left out, because the rule wants real paths. */
const zones = [
  {
    target: './src/contract',
    from: './',
    except: ['./src/contract', './node_modules'],
    message: 'The contract stands on zod and itself only.',
  },
  {
    target: './agents/runtime',
    from: './agents',
    except: ['./runtime'],
    message: 'The runtime knows no agent.',
  },
  {
    target: './agents/docker',
    from: './agents',
    except: ['./docker', './runtime'],
    message: 'The adapter of the Docker engine knows no agent.',
  },
  {
    target: './agents/model',
    from: './agents',
    except: ['./model', './runtime'],
    message: 'The adapter of language models knows no agent.',
  },
  ...agentFolders
    .filter((name) => !sharedByAgents.includes(name) && name !== 'cli')
    .map((name) => ({
      target: `./agents/${name}`,
      from: './agents',
      except: [`./${name}`, ...sharedByAgents.map((shared) => `./${shared}`)],
      message: 'Agents speak through the log and never import each other.',
    })),
  { target: './{agents,src}/**/!(*.test).{ts,tsx}', from: './tests', message: 'Code that ships does not stand on test support.' },
  {
    target: './src/backend',
    from: './agents',
    except: ['./runtime'],
    message: 'The process behind the data source reads the log with the runtime, and knows no agent.',
  },
  ...['pages', 'components', 'datasource'].map((name) => ({
    target: `./src/${name}`,
    from: './agents',
    message: 'What runs in the browser knows the contract, not the agents.',
  })),
  { target: './src/pages', from: './src/backend', message: 'Pages ask the data source, not the process behind it.' },
  { target: './src/components', from: './src/backend', message: 'Components know no server.' },
  { target: './src/datasource', from: './src/backend', message: 'The browser half does not hold the process half.' },
].filter((zone) => zone.target.includes('*') || existsSync(path.join(root, zone.target)));

const environmentRule = [
  'error',
  {
    object: 'process',
    property: 'env',
    message: 'The environment is read once: agents/runtime/settings. Take an Environment as an argument.',
  },
];

export default defineConfig([
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/build/',
      '**/coverage/',
      '.config/',
      'test-results/',
      'playwright-report/',
      'blob-report/',
      'playwright/.cache/',
      'playwright/.auth/',
      '**/*.generated.ts',
    ],
  },
  ...baseConfig,
  {
    // Fewer warnings hide nothing: a finding is mended or it fails.
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'import-x': importX, '@typescript-eslint': tsPlugin },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
    },
    rules: {
      complexity: ['error', 11],
      'max-lines': ['error', { max: 400 }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { basePath: root, zones }],
      'import-x/no-self-import': 'error',
      'import-x/no-default-export': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/ban-ts-comment': 'error',
    },
  },
  {
    files: nodeFiles,
    languageOptions: { parserOptions: { project: './agents/tsconfig.json', tsconfigRootDir: root } },
  },
  {
    // Functions that these hand to the page run in the browser.
    files: ['tests/{browser,e2e}/**/*.ts', 'playwright.config.ts'],
    languageOptions: { parserOptions: { project: './tests/browser/tsconfig.json', tsconfigRootDir: root } },
  },
  {
    files: [...nodeFiles, 'src/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['agents/**/*.ts', 'src/**/*.{ts,tsx}'],
    rules: { 'no-console': 'error', 'no-restricted-properties': environmentRule },
  },
  {
    // It stands in for Grafana itself, whose interface has old parts that packages still ask for.
    files: ['src/preview/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['src/contract/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!zod$|\\.{1,2}/)', message: 'The contract imports zod and itself, nothing else.' }] },
      ],
    },
  },
  {
    files: ['src/{pages,components,hooks}/**/*.{ts,tsx}'],
    ignores: ['src/components/text.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@grafana/i18n', importNames: ['t'], message: "Its t shows host/web as host&#x2F;web: import { t } from 'src/components/text'." }] },
      ],
    },
  },
  {
    // The one place that reads the environment, and the entry that hands it on.
    files: ['agents/runtime/settings.ts', 'agents/runtime/settings/**/*.ts', 'agents/cli/main.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: testFiles,
    rules: {
      'max-lines': ['error', { max: 800 }],
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      // What a test reads from the world is checked by its assertions.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['scripts/**/*.mjs', '*.{js,mjs,cjs}'],
    rules: { complexity: ['error', 11], 'max-lines': ['error', { max: 400 }] },
  },
]);
