// Comparing a query with every vector that may be a hit, read from the store: exact, and the way for filters that few
// documents pass. The labels of a document follow each other, so its best chunk is known before the next one begins.

import { BestOf } from '../../vector/best-of.ts';
import { BlockScan } from '../../vector/block-scan.ts';
import type { LabelBlocks } from './selection-blocks.ts';
import type { ShardState } from './shard-state.ts';

/** Vectors scanned between two polls: a quarter of a millisecond, one insertion. */
const scanUnit = 256;

export interface ScannedDocument {
  /** The document's first label. */
  readonly first: number;
  /** The chunk that matched best. */
  readonly chunk: number;
  readonly cosine: number;
}

export interface ScanRequest {
  readonly query: Float32Array;
  /** Documents wanted. */
  readonly limit: number;
  readonly labels: LabelBlocks;
  /** The first labels of all documents of the collection. */
  readonly firsts: LabelBlocks;
  /** Asked about a document by its first label, before it becomes a hit; may give way. Null: all of `labels` may. */
  readonly allows: ((firstLabel: number) => boolean) | null;
  readonly giveWay: () => void;
}

/** The nearest documents with their best chunks, best first; fewer than `limit` only where fewer are allowed. */
export function scanExactly(state: ShardState, request: ScanRequest): ScannedDocument[] {
  const { firsts, giveWay } = request;
  const best = new BestOf(request.limit, request.allows);
  const chunks = new Map<number, number>();
  // Offered when the block is done: `allows` may give way, and until then others must keep off the slab. At most a block.
  const finished: ScannedDocument[] = [];
  const offerFinished = () => {
    for (const document of finished.splice(0)) {
      if (best.offer(document.first, document.cosine)) chunks.set(document.first, document.chunk);
    }
  };
  let first = -1;
  let chunk = 0;
  let cosine = Number.NEGATIVE_INFINITY;
  const finishDocument = () => {
    if (first >= 0) finished.push({ first, chunk, cosine });
  };
  const scan = new BlockScan(state.slab, request.query, (label, product) => {
    if (firsts.has(label)) {
      finishDocument();
      first = label;
      cosine = Number.NEGATIVE_INFINITY;
    }
    if (product <= cosine) return;
    cosine = product;
    chunk = label - first;
  });
  try {
    let units = 0;
    for (const label of request.labels.labels()) {
      const vector = state.store.vector(label);
      if (vector === null) continue;
      scan.add(label, vector);
      if (finished.length > 0) offerFinished();
      units++;
      if (units % scanUnit === 0) giveWay();
    }
    scan.flush();
  } finally {
    scan.end();
  }
  finishDocument();
  offerFinished();
  return best.take().map((neighbor) => ({
    first: neighbor.label,
    cosine: neighbor.cosine,
    chunk: chunks.get(neighbor.label) ?? 0,
  }));
}
