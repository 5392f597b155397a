// Keeps the secondary indexes in step with the documents, inside the transaction that writes them: there is no state of
// the store in which they differ, so no checkpoint and no replay. Changes are gathered and applied at the end, since the
// documents of a batch share most of their rows: each is then read and written once.
//
// All labels of a document are in the sets, not its first one only, so that a search in the graph can ask for any label.

import { factsRow } from './attribute-facts.ts';
import { blockBytes } from './attribute-keys.ts';
import { addRow, blockLabels, blockShift, blockWords, roomBehind, rowOf } from './attribute-row.ts';
import {
  type CollectionSets,
  known,
  type LabelSetChange,
  type LabelStep,
  membershipsOf,
  setsOfCollection,
} from './attribute-sets.ts';
import type { DocumentRecord } from './document-record.ts';
import { insert, type ShardDatabases } from './shard-databases.ts';

/**
 * Sets that are gathered before they are written, 300 bytes each: 5 MB. A usual batch of 128 documents touches less than
 * a thousand; one document, with 64 lists of 256 texts, may touch as many as this.
 */
const setsMax = 16_384;

export class AttributeWriter {
  readonly #databases: Pick<ShardDatabases, 'attributes' | 'labelFacts'>;
  /** Bounded by what the documents of a transaction have. */
  readonly #collections = new Map<number, CollectionSets>();
  /** Each once: those that have steps. */
  readonly #changed: LabelSetChange[] = [];
  #stepCount = 0;
  readonly #words = new Uint32Array(blockWords);

  constructor(databases: Pick<ShardDatabases, 'attributes' | 'labelFacts'>) {
    this.#databases = databases;
  }

  /** How often a document has come into a set or left one: what the transaction costs, at 4 to 6 µs each. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /** A document in place of another one; null: there is none, or none any more. */
  replace(collection: number, before: DocumentRecord | null, after: DocumentRecord | null): void {
    if (this.#changed.length >= setsMax) this.flush();
    const sets = known(this.#collections, collection, () => setsOfCollection(collection));
    if (before !== null && after !== null && before.labels.first === after.labels.first) {
      this.#update(sets, before, after);
      return;
    }
    if (before !== null) this.#remove(sets, before);
    if (after !== null) this.#add(sets, after);
  }

  #add(sets: CollectionSets, record: DocumentRecord): void {
    const { labels } = record;
    if (labels.count === 0) return;
    this.#stepAll(sets, record, true);
    this.#databases.labelFacts.putSync(labels.first, factsRow(record));
  }

  #remove(sets: CollectionSets, record: DocumentRecord): void {
    const { labels } = record;
    if (labels.count === 0) return;
    this.#stepAll(sets, record, false);
    this.#databases.labelFacts.removeSync(labels.first);
  }

  /** Only attributes have changed: the labels stay in most of their sets. */
  #update(sets: CollectionSets, before: DocumentRecord, after: DocumentRecord): void {
    const { labels } = after;
    if (labels.count === 0) return;
    const old = new Set(membershipsOf(sets, before));
    const fresh = new Set(membershipsOf(sets, after));
    const gone = { labels, isAdded: false };
    const come = { labels, isAdded: true };
    for (const set of old) if (!fresh.has(set)) this.#step(set, gone);
    for (const set of fresh) if (!old.has(set)) this.#step(set, come);
    this.#databases.labelFacts.putSync(labels.first, factsRow(after));
  }

  /** Writes the rows; at the end of the transaction, and before that where it changes very many. */
  flush(): void {
    for (const set of this.#changed) this.#apply(set);
    this.#changed.length = 0;
    this.#collections.clear();
  }

  #stepAll(sets: CollectionSets, record: DocumentRecord, isAdded: boolean): void {
    const { labels } = record;
    const step = { labels, isAdded };
    this.#step(sets.all, step);
    this.#step(sets.firsts, { labels: { first: labels.first, count: 1 }, isAdded });
    for (const set of membershipsOf(sets, record)) this.#step(set, step);
  }

  #step(set: LabelSetChange, step: LabelStep): void {
    if (set.steps.length === 0) this.#changed.push(set);
    set.steps.push(step);
    this.#stepCount += 1;
  }

  #apply({ key, steps }: LabelSetChange): void {
    for (const block of blocksOf(steps)) {
      key.writeUInt32BE(block, key.length - blockBytes);
      const { attributes } = this.#databases;
      // A set of one step is mostly a value that no other document has: then there is nothing to be read.
      const fresh = steps.length === 1 ? appended(undefined, block, steps) : null;
      if (fresh !== null && insert(attributes, key, fresh)) continue;
      const stored = attributes.getBinaryFast(key);
      const row = appended(stored, block, steps) ?? this.#merged(stored, block, steps);
      if (row !== null) attributes.putSync(key, row);
      else if (stored !== undefined) attributes.removeSync(key);
    }
  }

  /** Null: no label is left. */
  #merged(stored: Uint8Array | undefined, block: number, steps: readonly LabelStep[]): Buffer | null {
    this.#words.fill(0);
    if (stored !== undefined) addRow(stored, this.#words);
    for (const step of steps) markBlock(this.#words, block, step);
    return rowOf(this.#words);
  }
}

/** The blocks that the steps are about; nearly always one. */
function blocksOf(steps: readonly LabelStep[]): Iterable<number> {
  const [
    {
      labels: { first },
    },
  ] = steps as [LabelStep];
  const block = first >>> blockShift;
  if (steps.every(({ labels }) => isWithin(block, labels))) return [block];
  const blocks = new Set<number>();
  for (const { labels } of steps) {
    const last = (labels.first + labels.count - 1) >>> blockShift;
    for (let each = labels.first >>> blockShift; each <= last; each++) blocks.add(each);
  }
  return blocks;
}

function isWithin(block: number, { first, count }: LabelStep['labels']): boolean {
  return first >>> blockShift === block && (first + count - 1) >>> blockShift === block;
}

/**
 * The row of a list that new labels come behind: what most of the sets of a commit are, since its labels are above all
 * others. A tenth of what it costs by way of a bitmap. Null: it is not so.
 */
function appended(stored: Uint8Array | undefined, block: number, steps: readonly LabelStep[]): Buffer | null {
  let last = stored === undefined || stored.length < 2 ? -1 : lastOf(stored);
  let count = 0;
  for (const { labels, isAdded } of steps) {
    const first = labels.first & (blockLabels - 1);
    if (!isAdded || first <= last || !isWithin(block, labels)) return null;
    last = first + labels.count - 1;
    count += labels.count;
  }
  const room = roomBehind(stored, count);
  if (room === null) return null;
  let at = room.filled;
  for (const { labels } of steps) {
    const first = labels.first & (blockLabels - 1);
    for (let label = first; label < first + labels.count; label++) {
      room.row[at++] = label & 0xff;
      room.row[at++] = label >>> 8;
    }
  }
  return room.row;
}

/** The highest label of a list, which its last two bytes are. */
function lastOf(row: Uint8Array): number {
  return (row[row.length - 2] as number) | ((row[row.length - 1] as number) << 8);
}

/** The part of the step that concerns the block. */
function markBlock(words: Uint32Array, block: number, { labels, isAdded }: LabelStep): void {
  const start = block * blockLabels;
  const from = Math.max(0, labels.first - start);
  const to = Math.min(blockLabels, labels.first + labels.count - start);
  for (let label = from; label < to; label++) {
    const bit = 1 << (label & 31);
    const word = words[label >>> 5] as number;
    words[label >>> 5] = isAdded ? word | bit : word & ~bit;
  }
}
