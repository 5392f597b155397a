// The scales of a plot: from a value to a place between 0 and 1, and the values that get a tick.

export interface Scale {
  /** 0 at the lower end, 1 at the upper one. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** About five ticks at 1, 2 or 5 times a power of ten; both ends are ticks. */
export function linearScale(values: readonly number[], fromZero: boolean): Scale {
  const lowest = fromZero ? Math.min(0, ...values) : Math.min(...values);
  const highest = Math.max(...values);
  const magnitude = Math.max(Math.abs(lowest), Math.abs(highest)) || 1;
  // Values that differ in their last digits only are equal to the eye, and to the arithmetic of ticks.
  const span = highest - lowest > 1e-6 * magnitude ? highest - lowest : magnitude;
  const step = niceStep(span / 5);
  const first = Math.floor(lowest / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { at: (value) => (value - first * step) / ((last - first) * step), ticks };
}

/** Ticks at powers of ten, and at 2 and 5 times them where there are few. All values must be positive. */
export function logScale(values: readonly number[]): Scale {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const decades = Math.log10(highest / lowest);
  const steps = decades > 3 ? [1] : [1, 2, 5];
  const candidates: number[] = [];
  for (let power = Math.floor(Math.log10(lowest)) - 1; power <= Math.log10(highest) + 1; power++)
    candidates.push(...steps.map((step) => step * 10 ** power));
  const lower = candidates.findLast((tick) => tick <= lowest * (1 + 1e-9)) as number;
  const upper = candidates.find((tick) => tick >= highest * (1 - 1e-9) && tick > lower) as number;
  const ticks = candidates.filter((tick) => tick >= lower && tick <= upper);
  return { at: (value) => Math.log(value / lower) / Math.log(upper / lower), ticks };
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (([1, 2, 5, 10].find((step) => step * power >= least * (1 - 1e-9)) ?? 10) as number) * power;
}

/** `300000` is `300k`. */
export function tickLabel(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (Math.abs(value) >= 10_000) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(4)));
}
