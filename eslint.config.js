import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

const IMPURE = [
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:http',
  'node:https',
  'node:os',
];
const VENDORS = ['diff', 'dns-packet', 'dockerode', 'tar-stream', 'execa', 'yauzl', 'yazl', 'httpxy', 'zod'];
const FOLDERS = [
  'manifest',
  'services',
  'x509',
  'buildpack',
  'stack',
  'lifecycle',
  'plan',
  'snapshot',
  'traffic',
  'lint',
  'spec',
  'report',
  'packager',
  'archive',
  'engine',
  'host',
  'logs',
  'router',
  'stager',
  'launcher',
  'app',
  'testing',
  'test-runner',
  'cli',
];

/**
 * One row a folder of src/: the folders it may import (errors.ts is open to all), the vendor packages it may import,
 * and whether it decides only (pure: no files, processes, network, clock, randomness).
 */
const LAYERS = [
  { folder: 'lifecycle', folders: [], pure: true },
  { folder: 'manifest', folders: ['lifecycle'], pure: true },
  { folder: 'services', folders: ['manifest', 'lifecycle'], pure: true },
  { folder: 'x509', folders: [], pure: true },
  { folder: 'buildpack', folders: ['lifecycle'], pure: true },
  { folder: 'stack', folders: ['lifecycle'], pure: true },
  { folder: 'plan', folders: ['manifest', 'services', 'buildpack', 'stack', 'lifecycle'], pure: true },
  { folder: 'lint', folders: ['buildpack', 'manifest', 'lifecycle'], pure: true },
  { folder: 'spec', folders: ['manifest', 'lifecycle'], vendors: ['zod'], pure: true },
  { folder: 'report', folders: ['logs', 'lifecycle'], pure: true },
  { folder: 'packager', folders: ['manifest'], pure: true },
  { folder: 'logs', folders: ['lifecycle'], vendors: ['diff'] },
  { folder: 'router', folders: ['lifecycle', 'logs'], vendors: ['httpxy'] },
  { folder: 'archive', folders: ['lifecycle'], vendors: ['tar-stream'] },
  { folder: 'traffic', folders: ['lifecycle'], vendors: ['dns-packet'], pure: true },
  { folder: 'engine', folders: ['archive', 'lifecycle', 'traffic'], vendors: ['dockerode'] },
  {
    folder: 'host',
    folders: ['archive', 'buildpack', 'lifecycle', 'stack', 'x509', 'logs', 'router'],
    vendors: ['execa', 'yauzl', 'yazl'],
  },
  { folder: 'snapshot', folders: ['lifecycle'], pure: true },
  { folder: 'stager', folders: ['snapshot', 'plan', 'lifecycle', 'buildpack', 'archive', 'logs', 'engine'] },
  { folder: 'launcher', folders: ['plan', 'lifecycle', 'buildpack', 'archive', 'logs', 'engine'] },
  { folder: 'app', folders: FOLDERS.filter((f) => !['app', 'testing', 'cli'].includes(f)) },
  { folder: 'testing', folders: ['app', 'engine', 'host', 'logs', 'manifest', 'plan', 'stack', 'lifecycle'] },
  {
    folder: 'test-runner',
    folders: FOLDERS.filter((f) => f !== 'cli' && f !== 'test-runner'),
  },
  {
    folder: 'cli',
    folders: ['test-runner', 'report', 'app', 'host', 'logs', 'manifest', 'plan', 'stack', 'lifecycle'],
  },
];

const layerRules = LAYERS.map(({ folder, folders, vendors = [], pure = false }) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: [...VENDORS.filter((v) => !vendors.includes(v)), ...(pure ? IMPURE : [])].map((name) => ({
          name,
          message: `src/${folder} must not import ${name}; see src/README.md.`,
        })),
        patterns: [
          {
            regex: `^\\.\\./(${FOLDERS.filter((f) => f !== folder && !folders.includes(f)).join('|')})/`,
            message: `src/${folder} may import only: ${[folder, ...folders].join(', ')}; see src/README.md.`,
          },
        ],
      },
    ],
    ...(pure
      ? {
          'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch'],
          'no-restricted-properties': [
            'error',
            { object: 'Date', property: 'now' },
            { object: 'Math', property: 'random' },
          ],
        }
      : {}),
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'fixtures/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      complexity: ['error', 14],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // The two rules cannot both hold with noPropertyAccessFromIndexSignature, which tsc enforces.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `using _lock = …` is for what happens at the end of the scope.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
    },
  },
  ...layerRules,
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['test/**/*.ts'], rules: { 'max-lines': 'off' } },
  prettier,
);
