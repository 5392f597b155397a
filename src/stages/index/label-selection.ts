// From a filter to the labels that pass it: the sets of the secondary indexes, joined as the filter says. A range over
// very many different values would read too many rows; then the set is an upper bound, and each candidate is asked
// itself. Whatever happens, `Selection.passes` equals `matchesFilter` for every live label.

import type { Filter } from '../../model/filter.ts';
import type { AttributeReader } from '../../storage/attribute-reader.ts';
import { LabelBlocks } from './selection-blocks.ts';
import { LabelCheck } from './selection-check.ts';
import { collect, Selector } from './selection-parts.ts';

export interface SelectionBounds {
  /** Rows of ranges that one selection reads: 8,192 take some 5 ms. */
  readonly rangeRowsMax: number;
  /** Up to so many documents of an upper bound are asked at once, and it is exact from then on. */
  readonly resolvedMax: number;
  /** Documents asked to estimate how many of a larger upper bound pass. */
  readonly sampleMax: number;
}

export const selectionBounds: SelectionBounds = { rangeRowsMax: 8_192, resolvedMax: 512, sampleMax: 128 };

export interface Selection {
  /** No label outside of them passes; null: any label of the collection might. */
  readonly labels: LabelBlocks | null;
  /** Whether all of them pass; otherwise each is to be asked, as `passes` does. */
  readonly isExact: boolean;
  /** Documents that pass: exactly where `isExact`, otherwise about. */
  readonly documents: number;
  /** The first labels of all documents of the collection. */
  readonly firsts: LabelBlocks;
  /** Whether a live label's document passes. Never throws. A label that does not live may pass. */
  readonly passes: (label: number) => boolean;
  /** Throws the fault that `passes` met, if any: for the end of a search. */
  readonly throwFault: () => void;
}

/** Synchronous, some milliseconds at most: it sees one state of the store. `collection`: the shard's number of it. */
export function selectLabels(
  reader: AttributeReader,
  collection: number,
  filter: Filter,
  bounds: SelectionBounds = selectionBounds,
): Selection {
  const firsts = collect((visit) => reader.firsts(collection, visit));
  const part = new Selector(reader, collection, bounds).whole(filter);
  const check = new LabelCheck({ reader, firsts, filter });
  const { labels } = part;
  if (part.isExact) {
    const documents = labels === null ? firsts.count : labels.countIn(firsts);
    const passes = labels === null ? () => true : (label: number) => labels.has(label);
    return { labels, isExact: true, documents, firsts, passes, throwFault: () => undefined };
  }
  const candidates = labels === null ? firsts : labels.and(firsts);
  const candidateCount = candidates.count;
  if (candidateCount <= bounds.resolvedMax) {
    const all = labels ?? collect((visit) => reader.all(collection, visit));
    const passing = resolve(all, check);
    check.throwFault();
    return {
      labels: passing,
      isExact: true,
      documents: passing.countIn(firsts),
      firsts,
      passes: (label) => passing.has(label),
      throwFault: () => undefined,
    };
  }
  return {
    labels,
    isExact: false,
    documents: estimate({ candidates, candidateCount, check, sampleMax: bounds.sampleMax }),
    firsts,
    passes:
      labels === null ? (label) => check.passes(label) : (label) => labels.has(label) && check.passes(label),
    throwFault: () => check.throwFault(),
  };
}

function resolve(labels: LabelBlocks, check: LabelCheck): LabelBlocks {
  const passing = new LabelBlocks();
  for (const label of labels.labels()) if (check.passes(label)) passing.add(label);
  return passing;
}

/** The passing share of some of the documents, spread evenly over all of them, times all. Never 0: there may be some. */
function estimate(parts: {
  readonly candidates: LabelBlocks;
  readonly candidateCount: number;
  readonly check: LabelCheck;
  readonly sampleMax: number;
}): number {
  const { candidates, candidateCount, check, sampleMax } = parts;
  const stride = Math.max(1, Math.floor(candidateCount / sampleMax));
  let asked = 0;
  let passing = 0;
  for (const label of candidates.everyNth(stride)) {
    asked++;
    if (check.passes(label)) passing++;
  }
  return Math.max(1, Math.round((passing / Math.max(1, asked)) * candidateCount));
}
