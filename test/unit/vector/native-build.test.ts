import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nativeBuild } from '../../../src/vector/native-build.ts';

test('an addon that is not built is refused with the command that builds it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kms-native-build-'));
  expect(() => nativeBuild(folder)).toThrow('run npm run build');
  rmSync(folder, { recursive: true });
});

test('the build that these tests run with is named, and has a kernel that this processor can run', () => {
  const { instructionSet, kernel } = nativeBuild();
  expect(instructionSet).not.toBe('');
  expect(['avx512', 'avx2', 'baseline']).toContain(kernel);
});
