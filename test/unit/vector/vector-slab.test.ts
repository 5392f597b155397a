import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDotKernel, pageBytes } from '../../../src/vector/dot-kernel.ts';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { nativeAddon } from '../../../src/vector/native-addon.ts';
import { type Block, rowsPerBlock, VectorSlab } from '../../../src/vector/vector-slab.ts';

const isLinux = process.platform === 'linux';

function filledTail(slab: VectorSlab, count: number): ExactTail {
  const tail = new ExactTail(slab);
  const row = new Float32Array(slab.dimensions).fill(1);
  for (let label = 0; label < count; label++) tail.add(label, row);
  return tail;
}

test('blocks in use are never shared and keep their rows, whatever is taken, given and given back meanwhile', () => {
  const step = fc.record({ isTake: fc.boolean(), count: fc.integer({ min: 1, max: 20 }), pick: fc.nat() });
  const options = {
    // Blocks of whole pages, of pages and a half, and of half a page.
    dimensions: fc.constantFrom(384, 100, 16),
    spareBytesMax: fc.constantFrom(0, 100_000, 1_000_000),
    steps: fc.array(step, { maxLength: 30 }),
  };
  fc.assert(
    fc.property(fc.record(options), ({ dimensions, spareBytesMax, steps }) => {
      const slab = new VectorSlab(dimensions, spareBytesMax);
      /** In use, by the number that all their rows are filled with. */
      const inUse: { readonly block: Block; readonly number: number }[] = [];
      let number = 0;
      for (const { isTake, count, pick } of steps) {
        for (let i = 0; i < count; i++) {
          if (isTake) {
            const block = slab.take();
            number++;
            const row = new Float32Array(dimensions).fill(number);
            for (let at = 0; at < rowsPerBlock; at++) block.arena.write(block, at, row);
            inUse.push({ block, number });
          } else {
            const [given] = inUse.splice(pick % Math.max(1, inUse.length), 1);
            if (given !== undefined) slab.give(given.block);
          }
        }
      }
      const places = new Set(inUse.map(({ block }) => block.start));
      expect(places.size).toBe(inUse.length);
      for (const { block, number } of inUse) {
        const isWhole = (at: number) => block.arena.read(block, at).every((value) => value === number);
        expect(Array.from({ length: rowsPerBlock }, (_, at) => isWhole(at))).not.toContain(false);
        block.arena.setQuery(new Float32Array(dimensions).fill(1));
        // Also what pads the rows is as it was.
        expect(new Set(block.arena.dots(block, rowsPerBlock))).toEqual(new Set([number * dimensions]));
      }
    }),
  );
});

test('a tail that breathes keeps its memory', () => {
  const slab = new VectorSlab(384);
  const tail = filledTail(slab, 10_000);
  const giveBack = vi.spyOn(nativeAddon(), 'giveBack');
  onTestFinished(() => giveBack.mockRestore());
  const row = new Float32Array(384).fill(1);
  let [oldest, next] = [0, 10_000];
  for (let breath = 0; breath < 20; breath++) {
    for (let i = 0; i < 500; i++) tail.remove(oldest++);
    for (let i = 0; i < 500; i++) tail.add(next++, row);
  }
  expect(giveBack).not.toHaveBeenCalled();
});

test.runIf(isLinux)(
  'what is given back reads as zeros; what lies beside it stays, and nothing outside a buffer goes',
  () => {
    const { giveBack } = nativeAddon();
    const { buffer } = createDotKernel({ initial: 4, maximum: 4 }).memory;
    const bytes = new Uint8Array(buffer).fill(7);
    expect(giveBack(buffer, pageBytes - 1, 2 * pageBytes + 1)).toBe(pageBytes);
    const zeros = bytes.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
    expect([zeros, bytes[pageBytes - 1], bytes[pageBytes], bytes[2 * pageBytes]]).toEqual([
      pageBytes,
      7,
      0,
      7,
    ]);
    expect(giveBack(buffer, 10, 20)).toBe(0);
    for (const [start, end] of [
      [-1, 10],
      [10, 9],
      [0, 4 * pageBytes + 1],
    ] as const) {
      expect(() => giveBack(buffer, start, end)).toThrow('a range of its bytes');
    }
    expect(() => giveBack(bytes as never, 0, 10)).toThrow('an ArrayBuffer');
  },
);
