// Turns what the runtime and the flows report into the declared metrics.

import type { ActorStats } from '../actor/actor.ts';
import type { ActorObserver } from '../actor/actor-observer.ts';
import type { MetricName } from '../observability/metric-declarations.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ActorStatus } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';

export function actorObserver(metrics: Metrics): ActorObserver {
  const waits = seriesBy((actor) => metrics.counter('kms_actor_wait_seconds_total', { actor }));
  const works = seriesBy((actor) => metrics.counter('kms_actor_work_seconds_total', { actor }));
  return {
    onRestart: (actor, reason) => metrics.count('kms_actor_restarts_total', 1, { actor, reason }),
    onWait: (actor, _lane, seconds) => waits(actor).add(seconds),
    onWork: (actor, _task, seconds) => works(actor).add(seconds),
    // The depth is read at each scrape (see setGauges): a gauge set at every ask would only cost.
    onDepth: () => undefined,
    onCounts: (_actor, deltas) => {
      for (const delta of deltas) {
        if (delta.type === 'count') metrics.count(delta.metric as MetricName, delta.by, delta.labels);
        else
          for (const value of delta.values) metrics.observe(delta.metric as MetricName, value, delta.labels);
      }
    },
  };
}

export function flowMetrics(metrics: Metrics): FlowMetrics {
  const ingestStages = seriesBy((stage) => metrics.histogram('kms_stage_seconds', { stage }));
  const searchStages = seriesBy((stage) => metrics.histogram('kms_search_stage_seconds', { stage }));
  const searches = seriesBy((mode) => metrics.counter('kms_searches_total', { mode }));
  const withoutHits = seriesBy((mode) => metrics.counter('kms_search_zero_results_total', { mode }));
  const plans = seriesBy((plan) => metrics.counter('kms_search_filter_plans_total', { plan }));
  const degraded = metrics.counter('kms_search_degraded_total');
  const documents = seriesBy((outcome) => metrics.counter('kms_ingest_documents_total', { outcome }));
  return {
    ingestStage: (stage, seconds) => ingestStages(stage).observe(seconds),
    searchStage: (stage, seconds) => searchStages(stage).observe(seconds),
    searched: (mode, { hits, filterPlan, isDegraded }) => {
      searches(mode).add();
      withoutHits(mode).add(hits === 0 ? 1 : 0);
      plans(filterPlan).add();
      degraded.add(isDegraded ? 1 : 0);
    },
    documents: (outcome, count) => documents(outcome).add(count),
  };
}

/** The series of each value of a label, bound at its first use. Bounded by the values: actors, stages, modes. */
function seriesBy<Series>(bind: (label: string) => Series): (label: string) => Series {
  const bound = new Map<string, Series>();
  return (label) => {
    const known = bound.get(label);
    if (known !== undefined) return known;
    const made = bind(label);
    bound.set(label, made);
    return made;
  };
}

/** `shard`: its number, and behind it the space where that is not the one of the settings. */
export interface ShardStats {
  readonly shard: string;
  readonly stats: ActorStats | null;
}

/** By metric and its labels but `shard`: which of a shard's own statistics (`Shard.stats`) it shows. */
const shardGauges: readonly {
  readonly metric: MetricName;
  readonly labels?: { readonly part: string };
  readonly stat: string;
}[] = [
  { metric: 'kms_index_vectors', labels: { part: 'graph' }, stat: 'graph_vectors' },
  { metric: 'kms_index_vectors', labels: { part: 'tail' }, stat: 'tail_vectors' },
  { metric: 'kms_index_bytes', labels: { part: 'graph' }, stat: 'graph_bytes' },
  { metric: 'kms_index_bytes', labels: { part: 'tail' }, stat: 'tail_bytes' },
  { metric: 'kms_index_cold_collections', stat: 'cold_collections' },
  { metric: 'kms_index_tombstones', stat: 'tombstones' },
  { metric: 'kms_index_commits_waiting', stat: 'commits_waiting' },
  { metric: 'kms_index_lexical_documents', stat: 'lexical_documents' },
  { metric: 'kms_index_lexical_segments', stat: 'lexical_segments' },
  { metric: 'kms_index_lexical_bytes', stat: 'lexical_bytes' },
  { metric: 'kms_lmdb_used_bytes', stat: 'lmdb_used_bytes' },
  { metric: 'kms_lmdb_map_bytes', stat: 'lmdb_map_bytes' },
];

/** Sets the gauges. A shard whose `stats` are null keeps the values it had when it was last heard. */
export function setGauges(
  metrics: Metrics,
  read: { readonly actors: readonly ActorStatus[]; readonly shards: readonly ShardStats[] },
): void {
  for (const actor of read.actors) {
    const labels = { actor: actor.name };
    metrics.set('kms_actor_mailbox_depth', actor.mailboxDepth, labels);
    metrics.set('kms_thread_heap_bytes', actor.heapBytes, labels);
    metrics.set('kms_thread_event_loop_lag_seconds', actor.eventLoopLagMs / 1000, labels);
  }
  for (const { shard, stats } of read.shards) {
    for (const { metric, labels, stat } of shardGauges) {
      // Before the shard has opened its store, it has nothing to say.
      const value = stats?.[stat];
      if (typeof value === 'number') metrics.set(metric, value, { shard, ...labels });
    }
  }
}

/** By embed actor; a model on this machine has neither a breaker nor a budget, and shows neither. */
export function setEmbeddingGauges(metrics: Metrics, embed: readonly (ActorStats | null)[]): void {
  const breakers = embed.flatMap((stats) => stats?.['breaker'] ?? []);
  if (breakers.length > 0) {
    const isOpen = breakers.some((state) => state !== 'closed');
    metrics.set('kms_embedding_breaker_open', isOpen ? 1 : 0);
  }
  // All of them spend the same budget: who has heard of more spending knows better.
  const left = embed.flatMap((stats) => stats?.['budget_left_dollars'] ?? []).map(Number);
  if (left.length > 0) metrics.set('kms_embedding_budget_left_dollars', Math.min(...left));
}
