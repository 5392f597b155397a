// A histogram that costs its caller a search among a few bounds and three additions. prom-client's own makes an object
// and a hash of all labels for every sample: 26 µs of the main thread a search, with its four samples. It is registered
// with prom-client like any other metric, and makes its lines when somebody looks.

/** One series: what prom-client calls the values of one set of labels. */
export class HistogramSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly #bounds: readonly number[];
  /** Samples by bucket, not added up; the last one is of those beyond all bounds. */
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** `bounds`: upper ones, ascending. */
  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  get count(): number {
    return this.#count;
  }

  /** `value` is finite. */
  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += value;
    this.#count += 1;
  }

  /** Its lines as prom-client writes them out: each bucket holds those below it as well. */
  lines(name: string): HistogramLine[] {
    let below = 0;
    const buckets = this.#counts.map((count, bucket) => {
      below += count;
      const le = this.#bounds[bucket] ?? '+Inf';
      return { labels: { le, ...this.labels }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels: this.labels, value: this.#sum, metricName: `${name}_sum` },
      { labels: this.labels, value: this.#count, metricName: `${name}_count` },
    ];
  }
}

interface HistogramLine {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
}

export interface BucketHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
}

/** What a Registry of prom-client asks of a metric. */
export class BucketHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #labelNames: readonly string[];
  readonly #buckets: readonly number[];
  /** By the labels' values. Bounded as the labels are. */
  readonly #series = new Map<string, HistogramSeries>();

  constructor({ name, help, labelNames, buckets }: BucketHistogramOptions) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
    this.#buckets = buckets;
    if (labelNames.length === 0) this.series({});
  }

  /** The series of exactly these labels, made when it is asked for first. */
  series(labels: Readonly<Record<string, string>>): HistogramSeries {
    const key = JSON.stringify(this.#labelNames.map((name) => labels[name]));
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made = new HistogramSeries(labels, this.#buckets);
    this.#series.set(key, made);
    return made;
  }

  /** For prom-client. Where there are labels, a series without a sample is not shown. */
  async get() {
    const { name, help, type, aggregator } = this;
    const isShown = ({ count }: HistogramSeries) => count > 0 || this.#labelNames.length === 0;
    const seen = [...this.#series.values()].filter(isShown);
    const values = seen.flatMap((series) => series.lines(name));
    return { name, help, type, aggregator, values };
  }
}
