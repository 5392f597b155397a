import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { watchGcPauses } from '../../../src/actor/gc-pauses.ts';

/** `global.gc` of this thread, which Node shows only to those who ask. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('each pause of the garbage collector is reported with its kind and length, until it is no longer watched', async () => {
  const collect = garbageCollector();
  const pauses: { readonly kind: string; readonly seconds: number }[] = [];
  const stop = watchGcPauses((kind, seconds) => pauses.push({ kind, seconds }));
  collect();
  while (!pauses.some(({ kind }) => kind === 'major')) await turn();
  for (const { seconds } of pauses) expect(seconds).toBeGreaterThan(0);
  stop();
  const seen = pauses.length;
  collect();
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(pauses).toHaveLength(seen);
});
