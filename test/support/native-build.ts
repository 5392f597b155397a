// Compiles the index addon before the first test when it is not there yet, so that `npx vitest` works right after
// `npm ci`. Nothing to do when it is up to date.

import { spawnSync } from 'node:child_process';

export default function setup(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build-native.mjs'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the index addon could not be compiled: see above');
}
