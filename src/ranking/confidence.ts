// How likely a hit is what was looked for, from facts about the hit alone, whatever its rank and the mode of the search.
// A logistic regression over the first ten hits of the judged sets, each set counting the same. What nobody judged
// counts as irrelevant there, so collections with many answers to a question (cacm) are better than it says.

import type { Candidate, QueryEvidence } from './candidate.ts';

const both = { constant: -6.3, cosine: 8.2, coverage: 1.1 } as const;
const semantic = { constant: -7, cosine: 9.8 } as const;
const lexical = { constant: -2.6, share: 0.65, coverage: 2.1 } as const;

/** In [0, 1]. Of what is missing, nothing is assumed: each kind of evidence has a fit of its own. */
export function confidenceOf(candidate: Candidate, { information }: QueryEvidence): number {
  const { cosine, lexicalScore, coverage } = candidate;
  if (cosine === null) {
    const share = information > 0 ? (lexicalScore ?? 0) / information : 0;
    return logistic(lexical.constant + lexical.share * share + lexical.coverage * coverage);
  }
  if (lexicalScore === null) return logistic(semantic.constant + semantic.cosine * cosine);
  return logistic(both.constant + both.cosine * cosine + both.coverage * coverage);
}

function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
