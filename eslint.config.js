// Biome lints everything it can see in one file. These four rules need types, which it has not, so ESLint runs them
// and nothing else (docs/decisions/011-biome-and-eslint.md).

import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'data/', 'src/grpc/generated/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'native-bench/**/*.ts', 'examples/**/*.ts', 'scripts/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.all.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Our own unions end in `default: assertNever`, which the compiler checks; a foreign enum may have a real default.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
);
