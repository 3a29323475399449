import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '.build/', 'node_modules/', 'coverage/', 'data/', 'src/dashboard/web/vendor/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      // what types find and reading misses
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      // one way to write a thing
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      // Nest's modules and empty request classes are classes without members
      '@typescript-eslint/no-extraneous-class': 'off',
      // a value proven to be there by the line above reads better with ! than with a check that cannot fail
      '@typescript-eslint/no-non-null-assertion': 'off',
      // a table of classes is a table of constructors; Function is their common type
      '@typescript-eslint/no-unsafe-function-type': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: "ExportAllDeclaration[exported=null]", message: 'name what a module offers, one by one' },
        { selector: 'TSEnumDeclaration', message: 'use a union of literals' },
      ],
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'max-len': ['error', { code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
      'max-lines': ['error', { max: 420, skipBlankLines: true }],
    },
  },
  {
    // they talk to a terminal
    files: ['src/cli/**', 'bench/**', 'src/openapi.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // wide tables of cases and of columns
    files: ['**/*.spec.ts', '**/*.e2e-spec.ts', 'migrations/**', 'src/dataset/dataset-files.ts'],
    rules: { 'max-lines': 'off', 'max-len': 'off', '@typescript-eslint/require-array-sort-compare': 'off', 'no-loss-of-precision': 'off' },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        console: 'readonly', process: 'readonly', require: 'readonly', module: 'writable', URL: 'readonly', Buffer: 'readonly', __dirname: 'readonly',
        setTimeout: 'readonly', clearTimeout: 'readonly', fetch: 'readonly',
      },
    },
  },
  {
    files: ['src/dashboard/web/**/*.js'],
    languageOptions: {
      globals: {
        window: 'readonly', TextDecoder: 'readonly', document: 'readonly', fetch: 'readonly', localStorage: 'readonly', sessionStorage: 'readonly', location: 'readonly',
        history: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setInterval: 'readonly', clearInterval: 'readonly',
        EventSource: 'readonly', WebSocket: 'readonly', FormData: 'readonly', URLSearchParams: 'readonly', Intl: 'readonly', crypto: 'readonly',
        Event: 'readonly', CustomEvent: 'readonly', Node: 'readonly', HTMLElement: 'readonly', AbortController: 'readonly', requestAnimationFrame: 'readonly',
        ResizeObserver: 'readonly', navigator: 'readonly', alert: 'readonly', confirm: 'readonly', performance: 'readonly', structuredClone: 'readonly',
      },
    },
  },
);
