// A vector space over actors that are models in this thread: for tests of the flows.

import type { ActorRef } from '../../src/actor/actor.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { generationOf, type VectorSpace } from '../../src/model/vector-space.ts';
import type { CollectionRecord } from '../../src/pipeline/collection-registry.ts';
import type { FlowMetrics } from '../../src/pipeline/flow-metrics.ts';
import { IngestLine } from '../../src/pipeline/ingest-line.ts';
import type { SpaceRuntime } from '../../src/pipeline/space-runtimes.ts';
import { type LanguageParts, SpaceSearch } from '../../src/pipeline/space-search.ts';
import { StageCalls } from '../../src/pipeline/stage-calls.ts';
import { Synonyms } from '../../src/pipeline/understanding/synonyms.ts';
import { fittedWeights, type WeightParameters } from '../../src/ranking/fusion-weights.ts';
import type { EmbedTasks } from '../../src/stages/embed/embed-messages.ts';
import type { IndexTasks } from '../../src/stages/index/index-messages.ts';
import { modelDimensions, modelStages } from './model-actors.ts';

export function letterSpace(model: string): VectorSpace {
  return { model, dimensions: modelDimensions, normalisation: 'unit', cleanerVersion: 1 };
}

export const noMetrics: FlowMetrics = {
  ingestStage: () => {},
  searchStage: () => {},
  searched: () => {},
  documents: () => {},
};

export function collectionRecord(
  name: string,
  generation: string,
  more: Partial<CollectionRecord> = {},
): CollectionRecord {
  return { name, generation, createdTimeMs: 0, target: null, previous: null, dropping: null, ...more };
}

/** A store of records that is as good as on disk at once. */
export function recordStore(records: readonly CollectionRecord[] = []) {
  const written: CollectionRecord[] = [];
  const write = async (record: CollectionRecord) => {
    written.push(record);
  };
  return { collections: () => records, putCollection: write, replaceCollection: write, written };
}

export function modelSpace(
  space: VectorSpace,
  stages: Pick<ReturnType<typeof modelStages>, 'extract' | 'clean'> = modelStages(),
  parts: {
    embed?: { ref: ActorRef<EmbedTasks> };
    shards?: readonly { ref: ActorRef<IndexTasks> }[];
    metrics?: FlowMetrics;
    clock?: Clock;
    language?: Partial<LanguageParts>;
    weights?: WeightParameters;
  } = {},
): SpaceRuntime {
  const own = modelStages();
  const embed = (parts.embed ?? own.embed).ref;
  const shards = (parts.shards ?? [own.shard]).map(({ ref }) => ref);
  const generation = generationOf(space);
  const { dimensions } = space;
  const shared = { clock: parts.clock ?? systemClock, metrics: parts.metrics ?? noMetrics };
  const calls = new StageCalls({
    actors: { extract: stages.extract.ref, clean: stages.clean.ref, embed, shards },
    generation,
    dimensions,
    ...shared,
  });
  const language = { synonyms: new Synonyms([]), reranker: null, ...parts.language };
  const { weights = fittedWeights } = parts;
  const search = new SpaceSearch({ embed, shards, dimensions, weights, language, ...shared });
  return { generation, space, stages: calls, line: new IngestLine(calls), search, embed, shards };
}
