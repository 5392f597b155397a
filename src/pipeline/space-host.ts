// Opens and closes vector spaces. The space of the settings lives under the engine's own supervisor; each further one
// has a supervisor to itself, so that a model that cannot be opened takes no other space along.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActorRef, ActorStats } from '../actor/actor.ts';
import { Supervisor, type SupervisorOptions } from '../actor/supervisor.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { Settings } from '../config/settings.ts';
import { resolveSpace } from '../embedding/embedding-spaces.ts';
import { generationOf } from '../model/vector-space.ts';
import type { Log } from '../observability/logger.ts';
import { fusionWeightsOf } from '../ranking/fusion-weights.ts';
import { cleanerVersion } from '../stages/clean/cleaner-version.ts';
import type { ExtractTasks } from '../stages/extract/extract-messages.ts';
import { type SpaceEntry, type StateStore, shardFolder } from '../storage/state-store.ts';
import type { ActorStatus } from './engine-api.ts';
import type { ShardStats } from './engine-metrics.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import { IngestLine } from './ingest-line.ts';
import { Redelivery } from './redelivery.ts';
import { slugOf } from './space-folders.ts';
import type { SpaceRuntimes } from './space-runtimes.ts';
import { type LanguageParts, SpaceSearch } from './space-search.ts';
import { StageCalls } from './stage-calls.ts';
import { addExtractActor, addSpaceActors } from './topology.ts';

export interface SpaceHostOptions {
  readonly settings: Settings;
  readonly store: StateStore;
  readonly spaces: SpaceRuntimes;
  readonly supervision: Omit<SupervisorOptions, 'onEscalate'>;
  readonly sequence: SharedArrayBuffer;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: FlowMetrics;
  readonly language: LanguageParts;
  /** Called when the actors of a space are given up, because restarts did not help. */
  readonly onFailure: (generation: string, error: KmsError) => void;
}

/** How soon a failed start is noticed. */
const openPollMs = 50;

interface OpenSpace {
  readonly supervisor: Supervisor;
  readonly suffix: string;
}

export class SpaceHost {
  readonly #options: SpaceHostOptions;
  readonly #open = new Map<string, OpenSpace>();
  readonly #extractRedelivery = new Redelivery('extract');
  #extract: ActorRef<ExtractTasks> | null = null;

  constructor(options: SpaceHostOptions) {
    this.#options = options;
  }

  /**
   * Adds a space's actors; nothing runs until `start`. The first space is the one of the settings, and brings the shared
   * extract actor. Throws `failed_precondition` when this version of the engine makes other vectors of the same spec.
   */
  async add(entry: SpaceEntry): Promise<void> {
    const { settings, spaces, supervision, sequence, store, onFailure } = this.#options;
    const space = await resolveSpace(entry.spec, cleanerVersion);
    const { generation } = entry;
    if (generationOf(space) !== generation) {
      const message = `the data folder holds vectors of ${generation}, and its model is now ${generationOf(space)}: start with the engine and the model that made them`;
      throw new KmsError('failed_precondition', message, {
        facts: { stored: generation, running: generationOf(space) },
      });
    }
    const suffix = this.#extract === null ? '' : `@${slugOf(generation)}`;
    const onEscalate = (error: KmsError) => onFailure(generation, error);
    const supervisor = new Supervisor({ ...supervision, onEscalate });
    const { shardCount } = store;
    const folder = join(settings.dataDir, entry.folder);
    const topology = { supervisor, settings, folder, suffix, spec: entry.spec, space, shardCount, sequence };
    const actors = addSpaceActors(topology);
    this.#extract ??= addExtractActor(supervisor, settings);
    const { clock, metrics } = this.#options;
    const stages = new StageCalls({
      actors: { ...actors, extract: this.#extract },
      generation,
      dimensions: space.dimensions,
      clock,
      metrics,
      extractRedelivery: this.#extractRedelivery,
    });
    const { embed, shards } = actors;
    const { language } = this.#options;
    const { dimensions } = space;
    const weights = fusionWeightsOf(entry.spec);
    const search = new SpaceSearch({ embed, shards, dimensions, weights, language, clock, metrics });
    spaces.add({ generation, space, stages, line: new IngestLine(stages), search, embed, shards });
    this.#open.set(generation, { supervisor, suffix });
  }

  /** Resolves when the space's actors have replayed their logs; rejects when they were given up. */
  async start(generation: string): Promise<void> {
    await this.#open.get(generation)?.supervisor.start();
  }

  /**
   * Adds a space while the engine runs; resolves when it is up. Rejects with the reason as soon as one of its actors
   * fails to start: a model that cannot be opened is the caller's to correct, and no restart would help.
   */
  async open(entry: SpaceEntry): Promise<void> {
    const { store, clock } = this.#options;
    const { generation } = entry;
    await store.putSpace(entry);
    await this.add(entry);
    let isSettled = false;
    const started = this.start(generation).finally(() => {
      isSettled = true;
    });
    started.catch(() => undefined);
    while (!isSettled) {
      const failed = this.#open.get(generation)?.supervisor.statuses().find(hasFailedToStart);
      if (failed !== undefined)
        throw new KmsError('failed_precondition', `the model cannot be opened: ${failed.lastFault}`, {
          facts: { generation, actor: failed.name },
        });
      await sleep(clock, openPollMs);
    }
    await started;
  }

  has(generation: string): boolean {
    return this.#open.has(generation);
  }

  statuses(): readonly ActorStatus[] {
    return [...this.#open.values()].flatMap(({ supervisor }) => supervisor.statuses());
  }

  /** What each shard of each space says about itself now; null for one that is down, or does not answer within 2 s. */
  async shardStats(): Promise<readonly ShardStats[]> {
    const asks = [...this.#open.values()].flatMap(({ supervisor, suffix }) =>
      Array.from({ length: this.#options.store.shardCount }, async (_, shard) => ({
        shard: `${shard}${suffix}`,
        stats: await supervisor.stats(`index-${shard}${suffix}`).then(
          ({ stats }) => stats,
          () => null,
        ),
      })),
    );
    return Promise.all(asks);
  }

  /** Of each space's embed actor; null: it does not answer. */
  embedStats(): Promise<readonly (ActorStats | null)[]> {
    const asks = [...this.#open.values()].map(({ supervisor, suffix }) =>
      supervisor.stats(`embed${suffix}`).then(
        ({ stats }) => stats,
        () => null,
      ),
    );
    return Promise.all(asks);
  }

  /** Closes the space when its last call has ended, and removes everything that it kept on disk. */
  async remove(generation: string): Promise<void> {
    const { spaces, clock, settings, store } = this.#options;
    await spaces.remove(generation);
    const open = this.#open.get(generation);
    this.#open.delete(generation);
    await open?.supervisor.drain(clock.nowMs() + settings.shutdownTimeoutMs);
    const entry = store.spaces().find((candidate) => candidate.generation === generation);
    if (entry !== undefined) await removeFiles(settings.dataDir, entry, store.shardCount);
    await store.removeSpace(generation);
    this.#options.log.info({ generation }, 'generation removed');
  }

  /** All of them, the space of the settings last: the others use its extract actor. */
  async drain(deadlineMs: number): Promise<void> {
    for (const { supervisor } of [...this.#open.values()].reverse()) await supervisor.drain(deadlineMs);
  }
}

function hasFailedToStart({ lastFault }: ActorStatus): boolean {
  return lastFault.startsWith('start_failed');
}

/** The first space shares its folder with the engine's own state: only its shards go. */
async function removeFiles(dataDir: string, { folder }: SpaceEntry, shardCount: number): Promise<void> {
  if (folder !== '') {
    await rm(join(dataDir, folder), { recursive: true, force: true });
    return;
  }
  for (let shard = 0; shard < shardCount; shard++) {
    await rm(shardFolder(dataDir, shard), { recursive: true, force: true });
  }
}
