// Which actors there are, in which order they start, and how much each may hold.

import type { ActorRef } from '../actor/actor.ts';
import type { ChildSpec } from '../actor/child-spec.ts';
import type { Supervisor } from '../actor/supervisor.ts';
import { threadUrl } from '../actor/thread-entry.ts';
import type { Settings } from '../config/settings.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import { generationOf } from '../model/vector-space.ts';
import type { CleanTasks } from '../stages/clean/clean-messages.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { ExtractTasks } from '../stages/extract/extract-messages.ts';
import type { IndexTasks } from '../stages/index/index-messages.ts';
import type { StageInit } from '../stages/stage-init.ts';
import type { StageActors } from './stage-calls.ts';

export interface TopologyOptions {
  readonly supervisor: Supervisor;
  readonly settings: Settings;
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

/**
 * Adds the actors in the order of their start: the shards first, extract last. They stop in reverse, each one when
 * whatever comes before it in the line has nothing more to send.
 */
export function addActors(options: TopologyOptions): StageActors {
  const { supervisor } = options;
  const shards: ActorRef<IndexTasks>[] = [];
  for (let shard = 0; shard < options.shardCount; shard++) {
    shards.push(supervisor.add<IndexTasks>(indexSpec(options, shard)));
  }
  const embed = supervisor.add<EmbedTasks>(embedSpec(options));
  const clean = supervisor.add<CleanTasks>(
    // Two tasks in the thread's hands: the next one is there when one ends, and no more than that wait unseen.
    specOf(options.settings, 'clean', { type: 'clean', init: {} }, { urgent: 8, bulk: 2 }),
  );
  const extract = supervisor.add<ExtractTasks>(
    specOf(options.settings, 'extract', { type: 'extract' }, { urgent: 8, bulk: 2 }),
  );
  return { extract, clean, embed, shards };
}

function indexSpec({ settings, space, shardCount, sequence }: TopologyOptions, shard: number): ChildSpec {
  const init: StageInit = {
    type: 'index',
    init: {
      dataDir: settings.dataDir,
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
      sequence,
    },
  };
  return {
    // 64 searches wait in the thread at most, the rest here, where their deadlines can drop them.
    ...specOf(settings, `index-${shard}`, init, { urgent: 64, bulk: 6 }),
    // Ending a thread inside the native index aborts the whole process, so say why and end it in order instead.
    onStuck: 'exit_process',
    // A rebuild of the log may take minutes and shows progress all the while.
    startTimeoutMs: null,
    isStartConcurrent: true,
  };
}

function embedSpec({ settings, space }: TopologyOptions): ChildSpec {
  const init: StageInit = {
    type: 'embed',
    init: {
      dataDir: settings.dataDir,
      cleanerVersion: space.cleanerVersion,
      threadsMin: settings.embedThreadsMin,
      threadsMax: settings.embedThreadsMax,
      cacheBytesMax: settings.embedCacheBytes,
    },
  };
  return {
    ...specOf(settings, 'embed', init, { urgent: 64, bulk: 6 }),
    // As with the index: a thread that is ended inside the inference library takes the process along.
    onStuck: 'exit_process',
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
  };
}
