// The most frequent of very many values, without sorting all of them: a field may have hundreds of thousands, of which an
// answer carries ten thousand at most, and the thread that counts has searches to answer meanwhile.

import type { Facet } from '../model/filter.ts';
import { compareValues } from './value-order.ts';

export type FacetCount = Facet['values'][number];

/** Values between two polls: each moves through at most 14 levels of a heap, so a millisecond or two. */
const valuesPerUnit = 1_024;

/**
 * At most `limit` of the counts, the most frequent first, ties by value. `onUnit` is called every millisecond or two.
 * Costs n × log(limit) comparisons at the worst, and about n where few of them get in.
 */
export function topCounts(
  counts: Iterable<FacetCount>,
  limit: number,
  onUnit: () => void = () => undefined,
): FacetCount[] {
  // The last one of those that are kept is on top, as it is the one to give way.
  const kept: FacetCount[] = [];
  let done = 0;
  const step = () => {
    done += 1;
    if (done % valuesPerUnit === 0) onUnit();
  };
  for (const count of counts) {
    if (kept.length < limit) insert(kept, count);
    else if (limit > 0 && isBefore(count, kept[0] as FacetCount)) sink(kept, count, kept.length);
    step();
  }
  for (let end = kept.length - 1; end > 0; end--) {
    const last = kept[0] as FacetCount;
    sink(kept, kept[end] as FacetCount, end);
    kept[end] = last;
    step();
  }
  return kept;
}

function isBefore(a: FacetCount, b: FacetCount): boolean {
  return a.documents === b.documents ? compareValues(a.value, b.value) < 0 : a.documents > b.documents;
}

function insert(heap: FacetCount[], count: FacetCount): void {
  let at = heap.length;
  heap.push(count);
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if (!isBefore(heap[parent] as FacetCount, count)) break;
    heap[at] = heap[parent] as FacetCount;
    at = parent;
  }
  heap[at] = count;
}

/** Puts `count` in the place of the top, among the first `length`. */
function sink(heap: FacetCount[], count: FacetCount, length: number): void {
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    const right = child + 1;
    if (right < length && isBefore(heap[child] as FacetCount, heap[right] as FacetCount)) child = right;
    if (!isBefore(count, heap[child] as FacetCount)) break;
    heap[at] = heap[child] as FacetCount;
    at = child;
  }
  heap[at] = count;
}
