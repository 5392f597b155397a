// The registry of the process. The main thread owns it; worker threads post deltas, which are applied here strictly by
// declared name and labels, so that a slip of the pen is a failing test and not a new time series.

import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { assert } from '../base/assert.ts';
import { BucketHistogram } from './bucket-histogram.ts';
import { type MetricDeclaration, type MetricName, metricDeclarations } from './metric-declarations.ts';

export type MetricLabels = Readonly<Record<string, string>>;

/** What a worker thread reports: a sum for a counter, or samples in seconds for a histogram. */
export type MetricDelta =
  | { readonly type: 'count'; readonly metric: string; readonly labels: MetricLabels; readonly by: number }
  | {
      readonly type: 'observe';
      readonly metric: string;
      readonly labels: MetricLabels;
      readonly values: readonly number[];
    };

/** One series of a counter, looked up once. */
export interface BoundCounter {
  add(by?: number): void;
}

/** One series of a histogram, looked up once. */
export interface BoundHistogram {
  observe(seconds: number): void;
}

/** Gauges of prom-client under names of counters, which promtool refuses; nodejs_active_handles and so on say the same by type. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, BucketHistogram>();
  /** By name and labels. Bounded like the series themselves. */
  readonly #bound = new Map<string, PendingCount>();
  #beforeScrape: (() => void | Promise<void>) | null = null;

  /** `withProcess` adds the usual `process_*` and `nodejs_*` metrics of the main thread. */
  constructor({ withProcess }: { readonly withProcess: boolean }) {
    for (const [name, declaration] of Object.entries(metricDeclarations)) this.#declare(name, declaration);
    if (!withProcess) return;
    collectDefaultMetrics({ register: this.#registry });
    for (const name of misnamed) this.#registry.removeSingleMetric(name);
  }

  /**
   * A series that is counted at every call: the name and the labels are checked here and not each time, and what is added
   * reaches the registry when somebody looks.
   */
  counter(name: MetricName, labels: MetricLabels = {}): BoundCounter {
    const counter = this.#counters.get(name);
    assert(counter !== undefined, `${name} is not a declared counter`);
    const checked = checkedLabels(name, labels);
    const key = `${name} ${JSON.stringify(Object.entries(checked).sort())}`;
    const known = this.#bound.get(key);
    if (known !== undefined) return known;
    const made = new PendingCount(name, (by) => counter.inc(checked, by));
    this.#bound.set(key, made);
    return made;
  }

  /** As `counter`, for a histogram in seconds. */
  histogram(name: MetricName, labels: MetricLabels = {}): BoundHistogram {
    const histogram = this.#histograms.get(name);
    assert(histogram !== undefined, `${name} is not a declared histogram`);
    const series = histogram.series(checkedLabels(name, labels));
    return { observe: (seconds) => series.observe(checkedValue(name, seconds)) };
  }

  /** Adds to a counter. */
  count(name: MetricName, by: number, labels: MetricLabels = {}): void {
    this.apply({ type: 'count', metric: name, labels, by });
  }

  /** Adds one sample to a histogram, in seconds. */
  observe(name: MetricName, seconds: number, labels: MetricLabels = {}): void {
    this.apply({ type: 'observe', metric: name, labels, values: [seconds] });
  }

  /** Sets a gauge. */
  set(name: MetricName, value: number, labels: MetricLabels = {}): void {
    const gauge = this.#gauges.get(name);
    assert(gauge !== undefined, `${name} is not a declared gauge`);
    gauge.set(checkedLabels(name, labels), value);
  }

  /** Applies what a worker thread reports. Throws on an undeclared name or label, and on a value no clock or counter gives. */
  apply(delta: MetricDelta): void {
    const { metric } = delta;
    const labels = checkedLabels(metric, delta.labels);
    if (delta.type === 'count') {
      const counter = this.#counters.get(metric);
      assert(counter !== undefined, `${metric} is not a declared counter`);
      counter.inc(labels, checkedValue(metric, delta.by));
      return;
    }
    const histogram = this.#histograms.get(metric);
    assert(histogram !== undefined, `${metric} is not a declared histogram`);
    const series = histogram.series(labels);
    for (const value of delta.values) series.observe(checkedValue(metric, value));
  }

  /** `refresh` sets the gauges that are read from elsewhere; it runs before each scrape, and its failure fails the scrape. */
  refreshBeforeScrape(refresh: () => void | Promise<void>): void {
    this.#beforeScrape = refresh;
  }

  /** Forgets a gauge's series whose subject has gone. */
  clear(name: MetricName): void {
    const gauge = this.#gauges.get(name);
    assert(gauge !== undefined, `${name} is not a declared gauge`);
    gauge.reset();
    // A gauge without labels would read 0 now, which is a measurement; absent is what it is.
    if (metricDeclarations[name].labels.length === 0) gauge.remove();
  }

  /** Everything in Prometheus' text format. */
  async scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
    await this.#beforeScrape?.();
    for (const counter of this.#bound.values()) counter.flush();
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #declare(name: string, declaration: MetricDeclaration): void {
    const options = {
      name,
      help: declaration.help,
      labelNames: [...declaration.labels],
      registers: [this.#registry],
    };
    if (declaration.kind === 'counter') this.#counters.set(name, new Counter(options));
    else if (declaration.kind === 'histogram') {
      const histogram = new BucketHistogram({ ...options, buckets: declaration.buckets ?? [] });
      // The types know prom-client's own kinds only; what a registry asks for is a name and `get`.
      this.#registry.registerMetric(histogram as unknown as Metric);
      this.#histograms.set(name, histogram);
    } else {
      this.#gauges.set(name, new Gauge(options));
      this.clear(name as MetricName);
    }
  }
}

class PendingCount implements BoundCounter {
  readonly #name: string;
  readonly #send: (by: number) => void;
  #pending = 0;
  #isSeen = false;

  constructor(name: string, send: (by: number) => void) {
    this.#name = name;
    this.#send = send;
  }

  add(by = 1): void {
    this.#pending += checkedValue(this.#name, by);
    this.#isSeen = true;
  }

  /** A series that was bound and never counted does not appear. */
  flush(): void {
    if (!this.#isSeen) return;
    this.#send(this.#pending);
    this.#pending = 0;
  }
}

/** The labels themselves when they are exactly the declared ones. */
function checkedLabels(name: string, labels: MetricLabels): Record<string, string> {
  assert(Object.hasOwn(metricDeclarations, name), `${name} is not a declared metric`);
  const declared: readonly string[] = metricDeclarations[name as MetricName].labels;
  const isExact =
    Object.keys(labels).length === declared.length && declared.every((label) => label in labels);
  assert(isExact, `${name} takes the labels {${declared}}, got {${Object.keys(labels)}}`);
  return { ...labels };
}

function checkedValue(name: string, value: number): number {
  // The sentence is made for a wrong value only: putting numbers into words at every call would cost more than counting.
  if (!(Number.isFinite(value) && value >= 0)) {
    assert(false, `${name} got ${value}: must be finite and not negative`);
  }
  return value;
}
