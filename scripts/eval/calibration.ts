// Whether a confidence means what it says: of the hits that are 70 % sure, seven in ten should be relevant (Guo et al.
// 2017). Documents that nobody judged count as irrelevant, so sparse judgements make a confidence look too high.

export interface Forecast {
  /** In [0, 1]. */
  readonly confidence: number;
  readonly isRelevant: boolean;
}

export interface Calibration {
  readonly forecasts: number;
  /** Expected calibration error: how far confidence and truth lie apart in a bin, weighed by its size. In [0, 1]. */
  readonly error: number;
  /** The mean squared difference of confidence and truth. Brier 1950. */
  readonly brier: number;
  /** Those that are not empty, by rising confidence. */
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationBin {
  readonly forecasts: number;
  readonly meanConfidence: number;
  readonly relevantShare: number;
}

const binCount = 10;

/** Null without forecasts. */
export function calibrationOf(forecasts: readonly Forecast[]): Calibration | null {
  if (forecasts.length === 0) return null;
  const groups = Array.from({ length: binCount }, (): Forecast[] => []);
  for (const forecast of forecasts)
    groups[Math.min(binCount - 1, Math.floor(forecast.confidence * binCount))]?.push(forecast);
  const bins = groups.filter((group) => group.length > 0).map(binOf);
  const gap = ({ forecasts: size, meanConfidence, relevantShare }: CalibrationBin) =>
    size * Math.abs(meanConfidence - relevantShare);
  return {
    forecasts: forecasts.length,
    error: sumOf(bins, gap) / forecasts.length,
    brier: sumOf(forecasts, (one) => (one.confidence - (one.isRelevant ? 1 : 0)) ** 2) / forecasts.length,
    bins,
  };
}

function binOf(group: readonly Forecast[]): CalibrationBin {
  return {
    forecasts: group.length,
    meanConfidence: sumOf(group, ({ confidence }) => confidence) / group.length,
    relevantShare: group.filter(({ isRelevant }) => isRelevant).length / group.length,
  };
}

function sumOf<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
