// Turns what the runtime and the flows report into the declared metrics.

import type { ActorStats } from '../actor/actor.ts';
import type { ActorObserver } from '../actor/actor-observer.ts';
import type { MetricName } from '../observability/metric-declarations.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ActorStatus } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';

export function actorObserver(metrics: Metrics): ActorObserver {
  return {
    onRestart: (actor, reason) => metrics.count('kms_actor_restarts_total', 1, { actor, reason }),
    onWait: (actor, _lane, seconds) => metrics.count('kms_actor_wait_seconds_total', seconds, { actor }),
    onWork: (actor, _task, seconds) => metrics.count('kms_actor_work_seconds_total', seconds, { actor }),
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
  return {
    ingestStage: (stage, seconds) => metrics.observe('kms_stage_seconds', seconds, { stage }),
    searchStage: (stage, seconds) => metrics.observe('kms_search_stage_seconds', seconds, { stage }),
    documents: (outcome, count) => metrics.count('kms_ingest_documents_total', count, { outcome }),
  };
}

/** By metric and its labels but `shard`: which of a shard's own statistics (`Shard.stats`) it shows. */
const shardGauges: readonly {
  readonly metric: MetricName;
  readonly labels?: { readonly part: string };
  readonly stat: string;
}[] = [
  { metric: 'kms_index_vectors', labels: { part: 'graph' }, stat: 'graph_vectors' },
  { metric: 'kms_index_vectors', labels: { part: 'tail' }, stat: 'tail_vectors' },
  { metric: 'kms_index_tombstones', stat: 'tombstones' },
  { metric: 'kms_index_commits_waiting', stat: 'commits_waiting' },
  { metric: 'kms_lmdb_used_bytes', stat: 'lmdb_used_bytes' },
  { metric: 'kms_lmdb_map_bytes', stat: 'lmdb_map_bytes' },
];

/** Sets the gauges. `shards`: by shard number; one that is null keeps the values it had when it was last heard. */
export function setGauges(
  metrics: Metrics,
  read: { readonly actors: readonly ActorStatus[]; readonly shards: readonly (ActorStats | null)[] },
): void {
  for (const actor of read.actors) {
    const labels = { actor: actor.name };
    metrics.set('kms_actor_mailbox_depth', actor.mailboxDepth, labels);
    metrics.set('kms_thread_heap_bytes', actor.heapBytes, labels);
    metrics.set('kms_thread_event_loop_lag_seconds', actor.eventLoopLagMs / 1000, labels);
  }
  for (const [shard, stats] of read.shards.entries()) {
    for (const { metric, labels, stat } of shardGauges) {
      // Before the shard has opened its store, it has nothing to say.
      const value = stats?.[stat];
      if (typeof value === 'number') metrics.set(metric, value, { shard: String(shard), ...labels });
    }
  }
}
