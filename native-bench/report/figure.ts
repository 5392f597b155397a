// What every bench gives back: figures with their unit and target, plots, and sentences for the page. A bench module exports
// `about` and `run`; how it is started, printed and kept is the runner's business.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** For example `>= 0.85`; empty: no target, a reference only. */
  readonly target: string;
  /** Null where there is no target. */
  readonly holds: boolean | null;
}

export interface Plot {
  /** The picture's file name without its ending, unique among all benches: `search-p99-by-load`. */
  readonly file: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly kind: 'line' | 'bar';
  /** Linear when not given. A logarithmic scale leaves out points that are not positive. */
  readonly xScale?: 'linear' | 'log';
  readonly yScale?: 'linear' | 'log';
  readonly series: readonly PlotSeries[];
}

export interface PlotSeries {
  readonly name: string;
  /** In bars, `x` is the name of the group. */
  readonly points: readonly { readonly x: number | string; readonly y: number }[];
}

export interface BenchOutcome {
  readonly figures: readonly Figure[];
  readonly plots?: readonly Plot[];
  /** Sentences for the page: what was compared, and what could not run here and why. */
  readonly notes?: readonly string[];
}

/** A short run takes at most about a minute; a full one may take many. */
export type BenchSize = 'short' | 'full';

/** What a bench's module exports. */
export interface Bench {
  /** One sentence: what is measured, beside what. */
  readonly about: string;
  readonly run: (size: BenchSize) => Promise<BenchOutcome>;
}

/** `target` like `>= 0.8`, `< 10`, or empty. A value that is no number holds no target. */
export function figure(name: string, value: number, unit: string, target = ''): Figure {
  return { name, value, unit, target, holds: target === '' ? null : meets(value, target) };
}

/** Throws for a target that is not an operator, a space and a number: a typing error would otherwise pass as "no target". */
export function meets(value: number, target: string): boolean {
  const [, operator, bound] = /^(>=|>|<=|<) (-?[\d.]+)$/.exec(target) ?? [];
  const limit = Number(bound);
  if (Number.isNaN(limit)) throw new Error(`target "${target}": must be like ">= 0.85"`);
  switch (operator) {
    case '>=':
      return value >= limit;
    case '>':
      return value > limit;
    case '<=':
      return value <= limit;
    default:
      return value < limit;
  }
}

/** A value as people read it: three significant digits, whole numbers from 100 on. */
export function readableNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}
