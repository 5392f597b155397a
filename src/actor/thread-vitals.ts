// A thread's own health: its heap, and how late its event loop runs.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ThreadVitals } from './work-protocol.ts';

const samplingMs = 20;

/** Starts the measurement; each call of the returned function reports the time since the last call. */
export function measureVitals(): () => ThreadVitals {
  const delay = monitorEventLoopDelay({ resolution: samplingMs });
  delay.enable();
  return () => {
    // The histogram holds the distance of two samples, so a loop without any delay shows the sampling interval.
    const lagMs = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - samplingMs);
    delay.reset();
    return { heapBytes: getHeapStatistics().used_heap_size, eventLoopLagMs: lagMs };
  };
}
