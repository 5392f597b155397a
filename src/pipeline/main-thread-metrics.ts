// The main thread among the threads: every request passes through it, so its pauses are everybody's.

import { watchGcPauses } from '../actor/gc-pauses.ts';
import { measureVitals } from '../actor/thread-vitals.ts';
import type { Metrics } from '../observability/metrics.ts';

const actor = 'main';

export interface MainThreadMetrics {
  /** Sets the gauges; to be called before each scrape. The lag is that of the time since the scrape before. */
  refresh(): void;
  stop(): void;
}

export function watchMainThread(metrics: Metrics): MainThreadMetrics {
  const readVitals = measureVitals();
  const stop = watchGcPauses((kind, seconds) =>
    metrics.observe('kms_gc_pause_seconds', seconds, { actor, kind }),
  );
  return {
    refresh: () => {
      const { heapBytes, eventLoopLagMs } = readVitals();
      metrics.set('kms_thread_heap_bytes', heapBytes, { actor });
      metrics.set('kms_thread_event_loop_lag_seconds', eventLoopLagMs / 1000, { actor });
    },
    stop,
  };
}
