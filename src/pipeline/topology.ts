// Which actors there are, in which order they start, and how much each may hold.

import type { ActorRef } from '../actor/actor.ts';
import type { ChildSpec } from '../actor/child-spec.ts';
import type { Supervisor } from '../actor/supervisor.ts';
import { threadUrl } from '../actor/thread-entry.ts';
import { indexBytesOfShard, type Settings } from '../config/settings.ts';
import { embeddingLimitsOf } from '../embedding/embedding-limits.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import { generationOf } from '../model/vector-space.ts';
import type { CleanTasks } from '../stages/clean/clean-messages.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { ExtractTasks } from '../stages/extract/extract-messages.ts';
import type { IndexTasks } from '../stages/index/index-messages.ts';
import type { StageInit } from '../stages/stage-init.ts';

/** The actors of one vector space. */
export interface SpaceActors {
  readonly clean: ActorRef<CleanTasks>;
  readonly embed: ActorRef<EmbedTasks>;
  /** By shard number. */
  readonly shards: readonly ActorRef<IndexTasks>[];
}

export interface SpaceTopology {
  readonly supervisor: Supervisor;
  readonly settings: Settings;
  /** Where the shards, the model's files and the embedding cache of this space lie. */
  readonly folder: string;
  /** Follows the actors' names; empty for the space of the settings. */
  readonly suffix: string;
  /** The model of `space`. */
  readonly spec: EmbeddingSpec;
  readonly space: VectorSpace;
  readonly shardCount: number;
  /** The engine-wide commit sequence, shared by all shards. */
  readonly sequence: SharedArrayBuffer;
}

/** A first model build, or a store on a slow disk, may take long; whatever takes longer than this has failed. */
const startTimeoutMs = 120_000;
/**
 * Asks of a lane that may wait for a credit. Documents have their own bound (KMS_INGEST_DOCUMENTS_IN_FLIGHT); searches
 * have this one: at 5,000 a second the last of 4,096 waits a second, and more of them would only wait longer.
 */
const mailboxMax = 4_096;

/** Adds the actors of a space: the shards first. They stop in reverse, when whatever comes before has nothing more to send. */
export function addSpaceActors(options: SpaceTopology): SpaceActors {
  const { supervisor, settings, spec, suffix } = options;
  const shards: ActorRef<IndexTasks>[] = [];
  for (let shard = 0; shard < options.shardCount; shard++) {
    shards.push(supervisor.add<IndexTasks>(indexSpec(options, shard)));
  }
  const embed = supervisor.add<EmbedTasks>(embedSpec(options));
  const clean = supervisor.add<CleanTasks>(
    // Two tasks in the thread's hands: the next one is there when one ends, and no more than that wait unseen.
    specOf(settings, `clean${suffix}`, { type: 'clean', init: { spec } }, { urgent: 8, bulk: 2 }),
  );
  return { clean, embed, shards };
}

/** Reading a document's format has nothing to do with models: all spaces share one extract actor, which starts last. */
export function addExtractActor(supervisor: Supervisor, settings: Settings): ActorRef<ExtractTasks> {
  return supervisor.add<ExtractTasks>(
    specOf(settings, 'extract', { type: 'extract' }, { urgent: 8, bulk: 2 }),
  );
}

/**
 * A quarter of V8's own limit. What a replay makes for a moment lets the young generation grow to its limit, and V8 keeps
 * that memory; searches and commits hardly notice (docs/performance.md, Memory).
 */
const indexYoungMb = 12;

function indexSpec(options: SpaceTopology, shard: number): ChildSpec {
  const { settings, folder, suffix, space, shardCount, sequence } = options;
  const init: StageInit = {
    type: 'index',
    init: {
      dataDir: folder,
      shard,
      shardCount,
      dimensions: space.dimensions,
      generation: generationOf(space),
      m: settings.indexM,
      efConstruction: settings.indexEfConstruction,
      efSearch: settings.searchEf,
      tailMax: settings.indexTailMax,
      exactMax: settings.indexExactMax,
      snapshotChangesMin: settings.snapshotChanges,
      mapBytesMax: settings.lmdbMapBytes,
      indexBytesMax: indexBytesOfShard(settings.indexMemoryMaxBytes, shardCount),
      sequence,
    },
  };
  return {
    // 64 searches wait in the thread at most, the rest here, where their deadlines can drop them. Commits: as many as it
    // runs at once, so that those of single documents share a flush, and some that lie ready.
    ...specOf(settings, `index-${shard}${suffix}`, init, { urgent: 64, bulk: 40 }),
    // Ending a thread inside the native index aborts the whole process, so say why and end it in order instead.
    onStuck: 'exit_process',
    resourceLimits: { maxYoungGenerationSizeMb: indexYoungMb },
    // A rebuild of the log may take minutes and shows progress all the while.
    startTimeoutMs: null,
  };
}

function embedSpec({ settings, folder, suffix, spec, space }: SpaceTopology): ChildSpec {
  const init: StageInit = {
    type: 'embed',
    init: {
      dataDir: folder,
      spec,
      cleanerVersion: space.cleanerVersion,
      limits: embeddingLimitsOf(settings),
      threadsMin: settings.embedThreadsMin,
      threadsMax: settings.embedThreadsMax,
      cacheBytesMax: settings.embedCacheBytes,
    },
  };
  return {
    ...specOf(settings, `embed${suffix}`, init, { urgent: 64, bulk: 6 }),
    // As with the index: a thread that is ended inside the inference library takes the process along.
    onStuck: 'exit_process',
    // Distilling the static model takes 20 s of a core, minutes where others want it too, and shows progress all the while.
    startTimeoutMs: spec.provider === 'static' ? null : startTimeoutMs,
  };
}

function specOf(settings: Settings, name: string, init: StageInit, credits: ChildSpec['credits']): ChildSpec {
  return {
    name,
    entry: threadUrl(import.meta.url, '../stages/stage.thread'),
    init,
    restart: 'permanent',
    shutdownTimeoutMs: settings.shutdownTimeoutMs,
    credits,
    mailboxMax,
    stuckAfterMs: settings.stuckAfterMs,
    onStuck: 'terminate',
    startTimeoutMs,
    // None needs another one to start, and the models are loaded while the shards are.
    isStartConcurrent: true,
  };
}
