// Writes of a shard: documents in, documents out. One transaction a batch, or several where its documents have very many
// attributes, since nothing else happens on the thread meanwhile. Inside it the new vectors enter the tail, so that what a
// reader of the store can see, a search can find; once it is on disk they may move on to the graph, the replaced ones
// become tombstones, and the answer goes out.

import type { TaskContext } from '../../actor/actor.ts';
import { KmsError, toFault } from '../../base/errors.ts';
import type { DocumentKey } from '../../model/document.ts';
import {
  attributePairs,
  type DocumentRecord,
  type LabelRange,
  noLabels,
} from '../../storage/document-record.ts';
import type { ShardWriter } from '../../storage/shard-writer.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { CollectionWords } from './collection-words.ts';
import { bytesOf, type CheckedItem, checkBatch } from './commit-check.ts';
import { CommitWindow } from './commit-window.ts';
import type { CommitBatch, CommitItem, CommitReceipt } from './index-messages.ts';
import type { ShardState } from './shard-state.ts';
import type { TailRoom } from './tail-room.ts';

/** What a write does to the indexes once it is on disk. */
interface Effect {
  readonly index: CollectionIndex;
  readonly words: CollectionWords;
  readonly sequence: number;
  readonly added: LabelRange;
  readonly removed: LabelRange;
}

export class ShardCommits {
  readonly #state: ShardState;
  readonly #room: TailRoom;
  readonly #window = new CommitWindow();

  constructor(state: ShardState, room: TailRoom) {
    this.#state = state;
    this.#room = room;
  }

  /** Index-aligned receipts, once everything is on disk and searchable. */
  async commit(
    batch: CommitBatch,
    task: Pick<TaskContext, 'signal' | 'deadlineMs'>,
  ): Promise<CommitReceipt[]> {
    const { store, init } = this.#state;
    if (batch.generation !== init.generation) {
      throw new KmsError('failed_precondition', 'the batch was embedded for another vector space', {
        facts: { given: batch.generation, running: init.generation },
      });
    }
    const checked = checkBatch(batch, init.dimensions);
    store.checkSpace(bytesOf(checked));
    const vectors = batch.vectors.length / init.dimensions;
    const giveBack = await this.#room.take({ vectors, signal: task.signal, deadlineMs: task.deadlineMs });
    try {
      return await this.#window.run(checked.length, () =>
        this.#writeEach(checked, (writer, effects) => {
          const timeMs = this.#state.context.clock.epochMs();
          return (item) => this.#put(writer, effects, { ...item, timeMs });
        }),
      );
    } finally {
      giveBack();
    }
  }

  /** Index-aligned; null where there was no such document. */
  async delete(keys: readonly DocumentKey[]): Promise<(number | null)[]> {
    this.#state.store.checkSpace(0);
    return this.#window.run(keys.length, () =>
      this.#writeEach(keys, (writer, effects) => (key) => this.#remove(writer, effects, key)),
    );
  }

  /**
   * Index-aligned. `begin` is called in each transaction. What fails in a later one leaves the earlier ones written:
   * whoever repeats the batch finds their documents identical.
   */
  async #writeEach<Item, R>(
    items: readonly Item[],
    begin: (writer: ShardWriter, effects: Effect[]) => (item: Item) => R,
  ): Promise<R[]> {
    const results: R[] = [];
    do {
      const part = await this.#write((writer, effects) => {
        const change = begin(writer, effects);
        const changed: R[] = [];
        for (const item of items.slice(results.length)) {
          if (writer.isFull) break;
          changed.push(change(item));
        }
        return changed;
      });
      results.push(...part);
      this.#state.context.progress();
    } while (results.length < items.length);
    return results;
  }

  async #write<R>(change: (writer: ShardWriter, effects: Effect[]) => R): Promise<R> {
    const { store, inFlight } = this.#state;
    const effects: Effect[] = [];
    let result: R;
    try {
      result = await store.write((writer) => {
        const changed = change(writer, effects);
        const [first] = effects;
        if (first !== undefined) inFlight.add(first.sequence);
        return changed;
      });
    } catch (error) {
      this.#undo(effects, error);
      throw error;
    }
    this.#settle(effects);
    return result;
  }

  #settle(effects: readonly Effect[]): void {
    const touched = new Set<CollectionIndex>();
    const touchedWords = new Set<CollectionWords>();
    for (const { index, words, sequence, added, removed } of effects) {
      for (const label of labelsOf(added)) index.settle(label, sequence);
      for (const label of labelsOf(removed)) index.remove(label);
      if (removed.count > 0) words.lexical.remove(removed.first);
      touched.add(index);
      touchedWords.add(words);
    }
    this.#leaveFlight(effects);
    for (const index of touched) this.#state.activate(index);
    for (const words of touchedWords) this.#state.activateWords(words);
  }

  /** Nothing was written; except when only the flush failed: then it can be read, and must stay searchable. */
  #undo(effects: readonly Effect[], error: unknown): void {
    if (error instanceof KmsError && error.facts['stage'] === 'committed') return;
    for (const { index, words, added } of effects) {
      for (const label of labelsOf(added)) index.discard(label);
      if (added.count > 0) words.lexical.remove(added.first);
    }
    this.#leaveFlight(effects);
  }

  #leaveFlight(effects: readonly Effect[]): void {
    const [first] = effects;
    if (first !== undefined) this.#state.inFlight.delete(first.sequence);
  }

  #put(writer: ShardWriter, effects: Effect[], checked: CheckedItem & { timeMs: number }): CommitReceipt {
    const { item, vectors, fault, timeMs } = checked;
    if (fault !== null) return { type: 'failed', fault };
    const { generation } = this.#state.init;
    const row = refusable(() => writer.collection(item.collection, generation));
    if (row instanceof KmsError) return { type: 'failed', fault: toFault(row) };
    const stored = writer.document(item);
    const isSameContent = stored?.contentHash === item.contentHash;
    if (stored !== undefined && isSameContent && stored.attributesHash === item.attributesHash)
      return { type: 'identical', commitSequence: stored.commitSequence };
    if (stored !== undefined && isSameContent) {
      const commitSequence = writer.nextSequence();
      const record = { ...stored, ...changeableParts(item), commitSequence, commitTimeMs: timeMs };
      writer.put(item, record, stored, null);
      effects.push({
        index: this.#state.indexOf(row),
        words: this.#state.wordsOf(row),
        sequence: commitSequence,
        added: noLabels,
        removed: noLabels,
      });
      return { type: 'written', commitSequence };
    }
    if (item.content === null || vectors === null) return { type: 'stale' };
    const index = this.#state.indexOf(row);
    const words = this.#state.wordsOf(row);
    const labels = writer.takeLabels(item.content.spans.length / 2);
    const commitSequence = writer.nextSequence();
    const removed = stored?.labels ?? noLabels;
    effects.push({ index, words, sequence: commitSequence, added: labels, removed });
    const record: DocumentRecord = {
      title: item.title,
      body: item.body,
      mediaType: item.mediaType,
      ...changeableParts(item),
      contentHash: item.contentHash,
      text: item.content.text,
      spans: item.content.spans,
      titleLength: item.content.titleLength,
      labels,
      generation,
      commitSequence,
      commitTimeMs: timeMs,
    };
    writer.put(item, record, stored, vectors);
    for (let chunk = 0; chunk < labels.count; chunk++) {
      index.add(labels.first + chunk, vectors, chunk * this.#state.init.dimensions);
    }
    const { first: label, count: labelCount } = labels;
    words.lexical.add({ label, labelCount, sequence: commitSequence, text: item.content.lexical });
    return { type: 'written', commitSequence };
  }

  #remove(writer: ShardWriter, effects: Effect[], key: DocumentKey): number | null {
    const stored = writer.document(key);
    if (stored === undefined) return null;
    const row = writer.collection(key.collection, stored.generation);
    const sequence = writer.remove(key, stored);
    if (stored.generation === this.#state.init.generation) {
      const [index, words] = [this.#state.indexOf(row), this.#state.wordsOf(row)];
      effects.push({ index, words, sequence, added: noLabels, removed: stored.labels });
    }
    return sequence;
  }
}

/** What an attributes-only change may change. */
function changeableParts(
  item: CommitItem,
): Pick<DocumentRecord, 'attributes' | 'attributesHash' | 'updateTimeMs'> {
  return {
    attributes: attributePairs(item.attributes),
    attributesHash: item.attributesHash,
    updateTimeMs: item.updateTimeMs,
  };
}

function refusable<R>(action: () => R): R | KmsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof KmsError) return error;
    throw error;
  }
}

function labelsOf({ first, count }: LabelRange): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
