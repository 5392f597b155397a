import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkNativeBuild } from '../../../src/vector/native-build.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kms-native-build-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function build(record: object | null): void {
  writeFileSync(join(folder, 'addon.node'), '');
  if (record !== null) writeFileSync(join(folder, 'kms-build.json'), JSON.stringify(record));
}

const v3 = { instructionSet: 'x86-64-v3', requiredFlags: ['avx2', 'fma'], key: '0' };

it('an addon that is not built is refused with the command that builds it', () => {
  expect(() => checkNativeBuild(folder, '')).toThrow('run npm run build');
});

it('an addon built for instructions that the processor has not is refused before it can crash the process', () => {
  build(v3);
  expect(() => checkNativeBuild(folder, 'flags\t: sse4_2 avx2\n')).toThrow('this processor has no fma');
});

it('an addon that the processor can run is accepted and named', () => {
  build(v3);
  expect(checkNativeBuild(folder, 'flags\t: sse4_2 avx2 fma\n')).toBe('x86-64-v3');
});

it('a build without a record is the one that npm makes, which runs everywhere', () => {
  build(null);
  expect(checkNativeBuild(folder, 'flags\t: sse2\n')).toBe('npm');
});

it('the build that these tests run with fits this processor', () => {
  expect(checkNativeBuild()).not.toBe('');
});
