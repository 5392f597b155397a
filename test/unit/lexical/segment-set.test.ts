import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MergeLimits } from '../../../src/lexical/merge-policy.ts';
import { Segment } from '../../../src/lexical/segment.ts';
import { SegmentSet, type SegmentSlot, type UnsavedChange } from '../../../src/lexical/segment-set.ts';

const limits: MergeLimits = {
  factor: 3,
  documentsMax: 40,
  postingsMax: 1_000,
  postingsFloor: 5,
  removedShareMax: 0.25,
};

/** A segment of documents without words. */
function segmentOf(labels: readonly number[]): Segment {
  const columns = {
    labels: Uint32Array.from(labels),
    labelCounts: new Uint32Array(labels.length),
    titleLengths: new Uint32Array(labels.length),
    bodyLengths: new Uint32Array(labels.length),
    termCounts: new Uint32Array(labels.length),
  };
  return new Segment({
    ...columns,
    termUnits: new Uint16Array(0),
    termOffsets: new Uint32Array(1),
    sharedUnits: new Uint8Array(0),
    postingOffsets: new Uint32Array(1),
    maxCounts: new Float32Array(0),
    maxDensities: new Float32Array(0),
    ordinals: new Uint16Array(labels.length),
    codes: new Uint8Array(labels.length),
    overflowKeys: new Float64Array(0),
    overflowCounts: new Float64Array(0),
  });
}

/** A set with what a store would hold, one merge and some writes under way. A document's label is its sequence, too. */
class Pair {
  readonly set = new SegmentSet(limits);
  readonly live = new Set<number>();
  readonly rows = new Map<number, readonly number[]>();
  readonly writing: UnsavedChange[] = [];
  merging: readonly SegmentSlot[] | null = null;
  #nextLabel = 1;

  put(count: number): void {
    const labels = Array.from({ length: count }, () => this.#nextLabel++);
    for (const label of labels) this.live.add(label);
    this.set.put(segmentOf(labels), labels[0] as number);
  }

  remove(count: number): void {
    for (const label of [...this.live].slice(0, count)) {
      this.live.delete(label);
      for (const { segment } of this.set.slots) segment.remove(label);
    }
    this.set.touch();
  }

  beginMerge(): void {
    this.merging ??= this.set.takeMerge();
  }

  endMerge(): void {
    if (this.merging === null) return;
    const labels = this.merging.flatMap(({ segment }) => [...segment.columns.labels]);
    const left = labels.filter((label) => this.live.has(label)).sort((a, b) => a - b);
    this.set.replace(this.merging, left.length === 0 ? null : segmentOf(left));
    this.merging = null;
  }

  beginWrite(): void {
    const change = this.set.takeUnsaved();
    if (change !== null) this.writing.push(change);
  }

  endWrite(isDone: boolean): void {
    const change = this.writing.shift();
    if (change === undefined) return;
    if (!isDone) {
      this.set.notSaved(change);
      return;
    }
    for (const id of change.replaces) expect(this.rows.delete(id)).toBe(true);
    expect(this.rows.has(change.id)).toBe(false);
    if (change.segment !== null) this.rows.set(change.id, [...change.segment.columns.labels]);
    this.set.saved(change);
  }

  /** What a crash at this moment would find. */
  check(): void {
    const inRows = [...this.rows.values()].flat();
    expect(new Set(inRows).size).toBe(inRows.length);
    const { oldestUnsaved } = this.set;
    const lost = [...this.live].filter((label) => label < oldestUnsaved && !inRows.includes(label));
    expect(lost).toEqual([]);
  }
}

test('at any moment the rows hold each document once, and all of those that count as saved', () => {
  const action = fc.record({
    type: fc.constantFrom(
      ...(['put', 'remove', 'beginMerge', 'endMerge', 'merge'] as const),
      ...(['beginWrite', 'endWrite', 'failWrite', 'write', 'write'] as const),
    ),
    count: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      const pair = new Pair();
      for (const { type, count } of actions) {
        if (type === 'put') pair.put(count);
        else if (type === 'remove') pair.remove(count);
        else if (type === 'beginMerge') pair.beginMerge();
        else if (type === 'endMerge') pair.endMerge();
        else if (type === 'merge') {
          pair.endMerge();
          pair.beginMerge();
          pair.endMerge();
        } else if (type === 'write') {
          pair.beginWrite();
          pair.endWrite(true);
        } else if (type === 'beginWrite') pair.beginWrite();
        else pair.endWrite(type === 'endWrite');
        pair.check();
      }
      // Left alone, everything is merged and saved, and nothing else is left in the store.
      for (let i = 0; i < 500; i++) {
        pair.endMerge();
        pair.beginMerge();
        pair.beginWrite();
        pair.endWrite(true);
      }
      pair.check();
      expect([pair.set.nextMerge(), pair.set.takeUnsaved()]).toEqual([null, null]);
      expect(pair.set.oldestUnsaved).toBe(Number.POSITIVE_INFINITY);
      expect([...pair.rows.keys()].sort()).toEqual(pair.set.slots.map(({ id }) => id).sort());
    }),
    { numRuns: 1_500 },
  );
});
