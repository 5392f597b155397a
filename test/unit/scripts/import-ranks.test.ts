// The gate itself is tested: a rule that never fires would let the rooms grow together unseen.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

const files: Readonly<Record<string, string>> = {
  'src/base/errors.ts': 'export const error = 1;',
  'src/model/document.ts': "import { error } from '../base/errors.ts'; export const document = error;",
  'src/config/same-rank.ts': "import { document } from '../model/document.ts'; export const x = document;",
  'src/storage/upward.ts': "import { flow } from '../pipeline/flow.ts'; export const x = flow;",
  'src/pipeline/flow.ts': "import { document } from '../model/document.ts'; export const flow = document;",
  'src/stages/clean/clean-messages.ts': 'export interface Clean { x: number } export const made = 1;',
  'src/stages/clean/clean-text.ts': 'export const clean = 1; export type Cleaned = string;',
  'src/stages/embed/types-only.ts':
    "import type { Clean } from '../clean/clean-messages.ts'; export type X = Clean;",
  'src/stages/embed/value.ts': "import { made } from '../clean/clean-messages.ts'; export const x = made;",
  'src/stages/embed/code.ts':
    "import type { Cleaned } from '../clean/clean-text.ts'; export type X = Cleaned;",
  'src/grpc/one.ts': "import { two } from './two.ts'; export const one = (): number => two();",
  'src/grpc/two.ts': "import { one } from './one.ts'; export const two = (): number => one();",
  'src/newroom/file.ts': "import { error } from '../base/errors.ts'; export const x = error;",
  'src/cli/tests.ts': "import { x } from '../../test/support.ts'; export const y = x;",
  'test/support.ts': 'export const x = 1;',
  'package.json': '{ "name": "ranks", "type": "module" }',
  'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true } }',
};

let folder: string;
let violations: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kms-import-ranks-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const config = join(root, '.dependency-cruiser.cjs');
  const command = join(root, 'node_modules', '.bin', 'depcruise');
  const { stdout } = spawnSync(command, ['src', '--config', config, '--output-type', 'json'], {
    cwd: folder,
  });
  const report = JSON.parse(stdout.toString()) as {
    summary: { violations: readonly { rule: { name: string }; from: string }[] };
  };
  violations = report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  'rank-1-config: src/config/same-rank.ts',
  'rank-3-storage: src/storage/upward.ts',
  'stages-share-types-only: src/stages/embed/value.ts',
  'stages-apart: src/stages/embed/code.ts',
  'no-circles: src/grpc/one.ts',
  'known-rooms: src/newroom/file.ts',
  'product-needs-no-tools: src/cli/tests.ts',
])('%s is refused', (violation) => {
  expect(violations).toContain(violation);
});

it.each(['src/model/document.ts', 'src/pipeline/flow.ts', 'src/stages/embed/types-only.ts'])(
  '%s, which imports a lower rank or types of messages, is allowed',
  (path) => {
    expect(violations.filter((violation) => violation.endsWith(path))).toEqual([]);
  },
);
