import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = ['chaincode/src/**/*.ts', 'gateway/src/**/*.ts', 'network/src/**/*.ts', 'network/devnet/src/**/*.ts'];
const tests = ['**/*.test.ts', '**/test/**/*.ts'];

/** Calls that make two endorsers disagree; chaincode takes its time and ids from the transaction. */
const nondeterministic = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Endorsers would disagree: take the time from the transaction.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Endorsers would disagree: take the time from the transaction.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Endorsers would disagree: derive ids from the request.',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|fetch)$/]',
    message: 'Chaincode neither waits nor calls out.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(randomUUID|randomBytes|getRandomValues|toLocaleString|localeCompare)$/]',
    message: 'Endorsers would disagree.',
  },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'run/**', 'coverage/**', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: [...sources, ...tests] })),
  {
    files: [...sources, ...tests],
    languageOptions: {
      parserOptions: {
        project: ['chaincode', 'gateway', 'network', 'network/devnet'].map((folder) => join(root, folder, 'tsconfig.json')),
        tsconfigRootDir: root,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 10],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Decorated contract classes and empty marker classes are the framework's way.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Interfaces of libraries and ports ask for async functions that have nothing to await.
      '@typescript-eslint/require-await': 'off',
      // `a || b` on strings means "or when empty" here; the compiler's strictness finds the real slips.
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'The environment is read in one place: the config module or the command line.',
        },
      ],
    },
  },
  {
    files: ['**/src/cli/**/*.ts', '**/src/config/**/*.ts', '**/src/process/**/*.ts', '**/main.ts', '**/*-main.ts'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }] },
  },
  {
    files: ['chaincode/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: "MemberExpression[object.name='process']", message: 'Endorsers would disagree: chaincode reads no environment.' },
        ...nondeterministic,
      ],
    },
  },
  {
    files: tests,
    rules: {
      'max-lines': 'off',
      'max-params': 'off',
      complexity: 'off',
      'no-console': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name=/^(skip|only)$/][object.name=/^(it|test|describe)$/]',
          message: 'No skipped or focused tests.',
        },
      ],
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
);
