// Cuts a batch into requests: within the service's limits, and small enough for the rate limit to let them through.

export interface PieceLimits {
  readonly textsMax: number;
  readonly tokensMax: number;
}

/** Indexes of neighbours; a text above the limit of tokens stands alone. */
export function cutIntoPieces(tokens: readonly number[], { textsMax, tokensMax }: PieceLimits): number[][] {
  const pieces: number[][] = [];
  let pieceTokens = Number.POSITIVE_INFINITY;
  for (const [index, count] of tokens.entries()) {
    const piece = pieces.at(-1);
    pieceTokens += count;
    if (piece !== undefined && piece.length < textsMax && pieceTokens <= tokensMax) {
      piece.push(index);
    } else {
      pieces.push([index]);
      pieceTokens = count;
    }
  }
  return pieces;
}
