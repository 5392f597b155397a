import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveEntries } from '../../../src/base/live-entries.ts';

describe('entries that come and go', () => {
  it('are those of a Map with the same changes', () => {
    const change = fc.record({ type: fc.constantFrom('add', 'take', 'get', 'clear'), id: fc.nat(12) });
    const property = fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const entries = new LiveEntries<string>();
      const model = new Map<number, string>();
      for (const [step, { type, id }] of changes.entries()) {
        if (type === 'add' && !model.has(id)) {
          entries.add(id, `${id} at ${step}`);
          model.set(id, `${id} at ${step}`);
        } else if (type === 'take') {
          expect(entries.take(id)).toBe(model.get(id));
          model.delete(id);
        } else if (type === 'clear' && step % 7 === 0) {
          entries.clear();
          model.clear();
        }
        expect(entries.get(id)).toBe(model.get(id));
        expect(entries.size).toBe(model.size);
      }
      expect(entries.values().sort()).toEqual([...model.values()].sort());
    });
    fc.assert(property, { numRuns: 300 });
  });
});

/** Bytes by which the old generation grew, at most, while 20,000 objects of 5 KB passed through, 32 at a time. */
function promotedBytes(entries: LiveEntries<unknown>): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  const oldBytes = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0;
  let startBytes = 0;
  let mostBytes = 0;
  for (let id = 0; id < 20_000; id++) {
    entries.add(id, { parts: new Array<number>(640).fill(id) });
    if (id >= 32) entries.take(id - 32);
    // What they are kept in grows old, as in an engine that has been idle for a while.
    if (id > 1_000 && id <= 1_003) collect({ type: 'minor' });
    if (id === 1_010) startBytes = oldBytes();
    if (id > 1_010 && id % 200 === 0) mostBytes = Math.max(mostBytes, oldBytes());
  }
  return mostBytes - startBytes;
}

describe('what was taken out', () => {
  const mebibyte = 1024 * 1024;

  it('is gone with the next small collection', () => {
    // A Map has 30 MiB here (Node 20): what it let go of waits for a full collection.
    expect(promotedBytes(new LiveEntries())).toBeLessThan(5 * mebibyte);
  });
});
