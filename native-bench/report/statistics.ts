// The few numbers that samples are told by. Source of the fit: ordinary least squares on the logarithms, which weighs relative
// errors alike at each size.

/** The value below which `share` (0..1) of the samples lie. Sorts a copy. NaN of no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export interface PowerLaw {
  /** Of `y = factor * x ** exponent`. */
  readonly factor: number;
  readonly exponent: number;
  /** Share of the variance of log y that the law explains, 0..1. */
  readonly explained: number;
}

/** The power law nearest to points that are all positive. Throws for fewer than two different `x`. */
export function powerLaw(points: readonly { readonly x: number; readonly y: number }[]): PowerLaw {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  if (logs.some(({ x, y }) => !Number.isFinite(x) || !Number.isFinite(y)))
    throw new Error('a power law needs points that are positive');
  const meanX = mean(logs.map(({ x }) => x));
  const meanY = mean(logs.map(({ y }) => y));
  const spreadX = sum(logs.map(({ x }) => (x - meanX) ** 2));
  if (spreadX === 0) throw new Error('a power law needs two different x');
  const exponent = sum(logs.map(({ x, y }) => (x - meanX) * (y - meanY))) / spreadX;
  const shift = meanY - exponent * meanX;
  const spreadY = sum(logs.map(({ y }) => (y - meanY) ** 2));
  const rest = sum(logs.map(({ x, y }) => (y - shift - exponent * x) ** 2));
  return { factor: Math.exp(shift), exponent, explained: spreadY === 0 ? 1 : 1 - rest / spreadY };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
