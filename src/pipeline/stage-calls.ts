// The four actors as plain functions over lists: index-aligned, timed, and sent again when a thread dies with them.

import type { ActorRef } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import type { Document, DocumentKey } from '../model/document.ts';
import type { CleanTasks, CleanText, TextItem } from '../stages/clean/clean-messages.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { ExtractedText, ExtractTasks, FailedItem } from '../stages/extract/extract-messages.ts';
import type { CommitReceipt, CompareItem, IndexTasks, Verdict } from '../stages/index/index-messages.ts';
import type { CallOptions } from './engine-api.ts';
import type { FlowMetrics, IngestStage } from './flow-metrics.ts';
import type { PreparedDocument } from './prepared-document.ts';
import { toCommitBatch } from './prepared-document.ts';
import { Redelivery } from './redelivery.ts';
import { askByShard } from './shard-router.ts';

export interface StageActors {
  readonly extract: ActorRef<ExtractTasks>;
  readonly clean: ActorRef<CleanTasks>;
  readonly embed: ActorRef<EmbedTasks>;
  /** By shard number. */
  readonly shards: readonly ActorRef<IndexTasks>[];
}

export interface StageCallsOptions {
  readonly actors: StageActors;
  readonly generation: string;
  readonly dimensions: number;
  readonly clock: Clock;
  readonly metrics: FlowMetrics;
  /** Shared by all spaces, as its thread is: a suspect is alone there only when every space knows. Default: its own. */
  readonly extractRedelivery?: Redelivery;
}

/**
 * Texts in one ask of the embed actor. A message's texts are asked for together, so that the actor can sort them by
 * length; a huge document's chunks are cut at this many, which bounds a reply to 256 × 384 × 4 bytes = 384 KiB.
 */
const textsPerAskMax = 256;

export class StageCalls {
  readonly #options: StageCallsOptions;
  readonly #redelivery: { readonly [S in 'extract' | 'clean' | 'embed']: Redelivery };
  readonly #shardRedelivery: readonly Redelivery[];

  constructor(options: StageCallsOptions) {
    this.#options = options;
    this.#redelivery = {
      extract: options.extractRedelivery ?? new Redelivery('extract'),
      clean: new Redelivery('clean'),
      embed: new Redelivery('embed'),
    };
    this.#shardRedelivery = options.actors.shards.map(() => new Redelivery('index'));
  }

  get dimensions(): number {
    return this.#options.dimensions;
  }

  extract(documents: readonly Document[], call: CallOptions): Promise<(ExtractedText | FailedItem)[]> {
    const { actors, generation } = this.#options;
    const send = async (items: readonly Document[]) => {
      const reply = await actors.extract.ask('extract', { documents: items, generation }, asked(call));
      return reply.items;
    };
    return this.#timed('extract', () => this.#redelivery.extract.deliver(documents, send));
  }

  compare(items: readonly CompareItem[], call: CallOptions): Promise<(Verdict | FailedItem)[]> {
    return this.#timed('compare', () =>
      this.#byShard(items, async (shard, part) => {
        const reply = await shard.ask('compare', { items: part }, asked(call));
        return reply.verdicts;
      }),
    );
  }

  clean(items: readonly TextItem[], call: CallOptions): Promise<(CleanText | FailedItem)[]> {
    const send = async (part: readonly TextItem[]) => {
      const reply = await this.#options.actors.clean.ask('clean', { items: part }, asked(call));
      return reply.items;
    };
    return this.#timed('clean', () => this.#redelivery.clean.deliver(items, send));
  }

  /** One vector of unit length a text. */
  embed(texts: readonly string[], call: CallOptions): Promise<(Float32Array | FailedItem)[]> {
    return this.#timed('embed', async () => {
      const vectors: (Float32Array | FailedItem)[] = [];
      for (let start = 0; start < texts.length; start += textsPerAskMax) {
        const part = texts.slice(start, start + textsPerAskMax);
        vectors.push(...(await this.#redelivery.embed.deliver(part, (some) => this.#embedPart(some, call))));
      }
      return vectors;
    });
  }

  commit(documents: readonly PreparedDocument[], call: CallOptions): Promise<(CommitReceipt | FailedItem)[]> {
    const { generation, dimensions } = this.#options;
    return this.#timed('index', () =>
      this.#byShard(documents, async (shard, part, isRepeated) => {
        const batch = toCommitBatch(part, { generation, dimensions });
        const { receipts } = await shard.ask('commit', batch, asked(call));
        return isRepeated ? receipts.map(asWritten) : receipts;
      }),
    );
  }

  delete(keys: readonly DocumentKey[], call: CallOptions): Promise<(number | null | FailedItem)[]> {
    return this.#byShard(keys, async (shard, part) => {
      const reply = await shard.ask('delete', { keys: part }, asked(call));
      return reply.commitSequences;
    });
  }

  async #embedPart(
    texts: readonly string[],
    call: CallOptions,
  ): Promise<readonly (Float32Array | FailedItem)[]> {
    const { actors, dimensions } = this.#options;
    const reply = await actors.embed.ask('embed', { texts }, asked(call));
    const vectors: (Float32Array | FailedItem)[] = texts.map((_, i) =>
      reply.vectors.subarray(i * dimensions, (i + 1) * dimensions),
    );
    for (const { index, fault } of reply.failures) vectors[index] = { status: 'failed', fault };
    return vectors;
  }

  #byShard<Item extends DocumentKey, Reply>(
    items: readonly Item[],
    send: (
      shard: ActorRef<IndexTasks>,
      part: readonly Item[],
      isRepeated: boolean,
    ) => Promise<readonly Reply[]>,
  ): Promise<(Reply | FailedItem)[]> {
    const { shards } = this.#options.actors;
    return askByShard(items, shards.length, (part) => {
      const shard = shards[part.shard] as ActorRef<IndexTasks>;
      const redelivery = this.#shardRedelivery[part.shard] as Redelivery;
      return redelivery.deliver(part.items, (some, isRepeated) => send(shard, some, isRepeated));
    });
  }

  /** Measures the stage, and notes in each fault where it happened. */
  async #timed<Reply>(
    stage: IngestStage,
    work: () => Promise<(Reply | FailedItem)[]>,
  ): Promise<(Reply | FailedItem)[]> {
    const { clock, metrics } = this.#options;
    const startMs = clock.nowMs();
    const replies = await work();
    metrics.ingestStage(stage, (clock.nowMs() - startMs) / 1000);
    return replies.map((reply) => (isFailed(reply) ? withStage(reply, stage) : reply));
  }
}

/** What a repeated delivery finds identical is what the one before it wrote. */
function asWritten(receipt: CommitReceipt): CommitReceipt {
  return receipt.type === 'identical' ? { ...receipt, type: 'written' } : receipt;
}

function withStage(failed: FailedItem, stage: IngestStage): FailedItem {
  const { fault } = failed;
  return { ...failed, fault: { ...fault, facts: { stage, ...fault.facts } } };
}

/** Whether the stage could not do this item; the reason is in `fault`. */
export function isFailed(item: unknown): item is FailedItem {
  return typeof item === 'object' && item !== null && 'status' in item && item.status === 'failed';
}

function asked(call: CallOptions) {
  return { signal: call.signal, ...(call.deadlineMs === null ? {} : { deadlineMs: call.deadlineMs }) };
}
