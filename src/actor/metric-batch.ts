// Counts and durations of one thread, grouped: a message a second instead of one a document.

import type { MetricDelta } from './work-protocol.ts';

type Labels = Readonly<Record<string, string>>;

// A group is sent early at either bound, so a busy second cannot grow without limit.
const seriesMax = 500;
const valuesMax = 5_000; // 40 kB a message

export class MetricBatch {
  readonly #send: (deltas: readonly MetricDelta[]) => void;
  readonly #counts = new Map<string, { metric: string; labels: Labels; by: number }>();
  readonly #durations = new Map<string, { metric: string; labels: Labels; values: number[] }>();
  #valueCount = 0;

  constructor(send: (deltas: readonly MetricDelta[]) => void) {
    this.#send = send;
  }

  count(metric: string, by: number, labels: Labels = {}): void {
    const key = seriesKey(metric, labels);
    const series = this.#counts.get(key);
    if (series) series.by += by;
    else this.#counts.set(key, { metric, labels, by });
    this.#flushWhenFull();
  }

  observe(metric: string, seconds: number, labels: Labels = {}): void {
    const key = seriesKey(metric, labels);
    const series = this.#durations.get(key);
    if (series) series.values.push(seconds);
    else this.#durations.set(key, { metric, labels, values: [seconds] });
    this.#valueCount += 1;
    this.#flushWhenFull();
  }

  flush(): void {
    if (this.#counts.size === 0 && this.#durations.size === 0) return;
    const deltas: MetricDelta[] = [];
    for (const series of this.#counts.values()) deltas.push({ type: 'count', ...series });
    for (const series of this.#durations.values()) deltas.push({ type: 'observe', ...series });
    this.#counts.clear();
    this.#durations.clear();
    this.#valueCount = 0;
    this.#send(deltas);
  }

  #flushWhenFull(): void {
    const isFull = this.#counts.size + this.#durations.size >= seriesMax || this.#valueCount >= valuesMax;
    if (isFull) this.flush();
  }
}

function seriesKey(metric: string, labels: Labels): string {
  let key = metric;
  for (const name in labels) key += `|${name}=${labels[name]}`;
  return key;
}
