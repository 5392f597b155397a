// What is known of a document before anybody asks: that it is new, or of a kind that helps more often.

export interface Recency {
  /** A document of this age has half of its gain left. */
  readonly halfLifeMs: number;
  /** The share of the score that age can take away, in [0, 1]. */
  readonly weight: number;
}

/** In [1 - weight, 1]: 1 - weight + weight × 2^(-age / halfLife). A time in the future counts as now. */
export function recencyFactor(ageMs: number, { halfLifeMs, weight }: Recency): number {
  return 1 - weight + weight * 2 ** (-Math.max(0, ageMs) / halfLifeMs);
}

/** `prior` above 1 never lowers a score, one below 1 never raises it: a negative cosine is divided. */
export function withPrior(score: number, prior: number): number {
  return score < 0 ? score / Math.max(prior, 1e-9) : score * prior;
}
