// Turns what the runtime and the flows report into the declared metrics.

import type { ActorObserver } from '../actor/actor-observer.ts';
import type { MetricName } from '../observability/metric-declarations.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { EngineStatus } from './engine-api.ts';
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

/** Sets the gauges from the engine's own status, so that GetStatus and Prometheus never tell two stories. */
export function setGauges(metrics: Metrics, status: EngineStatus): void {
  for (const actor of status.actors) {
    const labels = { actor: actor.name };
    metrics.set('kms_actor_mailbox_depth', actor.mailboxDepth, labels);
    metrics.set('kms_thread_heap_bytes', actor.heapBytes, labels);
    metrics.set('kms_thread_event_loop_lag_seconds', actor.eventLoopLagMs / 1000, labels);
  }
  const sum = (of: (collection: EngineStatus['collections'][number]) => number) =>
    status.collections.reduce((total, collection) => total + of(collection), 0);
  metrics.set(
    'kms_index_vectors',
    sum((collection) => collection.graphVectors),
    { part: 'graph' },
  );
  metrics.set(
    'kms_index_vectors',
    sum((collection) => collection.tailVectors),
    { part: 'tail' },
  );
  metrics.set(
    'kms_index_tombstones',
    sum((collection) => collection.tombstones),
  );
}
