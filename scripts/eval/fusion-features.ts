// What fusion sees of each query and its candidates, with the judgements beside it: what its parameters are fitted on,
// and what a fit is tested with, without asking the engine again.

import type { KmsClient } from '../../src/grpc/client.ts';
import type { Hit__Output } from '../../src/grpc/generated/kms/v1/Hit.ts';
import type { SearchExplanation__Output } from '../../src/grpc/generated/kms/v1/SearchExplanation.ts';
import { planQuery } from '../../src/lexical/query-plan.ts';
import { limits } from '../../src/model/limits.ts';
import type { Candidate, QueryEvidence } from '../../src/ranking/candidate.ts';
import { fusionDepth } from '../../src/ranking/list-tops.ts';
import { ownFilter, search, searchesUnderWay } from './ask-queries.ts';
import type { LoadedCollection, OnProgress } from './eval-engine.ts';
import { inParallel } from './in-parallel.ts';
import type { RetrievalSet } from './judged-set.ts';

/** The content of a file that `--dump` writes. */
export interface FusionFeatures {
  readonly sets: readonly SetFeatures[];
}

export interface SetFeatures {
  readonly name: string;
  readonly queries: readonly QueryFeatures[];
}

export interface QueryFeatures {
  readonly id: string;
  readonly evidence: QueryEvidence;
  /** What the engine weighed the semantic side with, in [0, 1]. */
  readonly semanticWeight: number;
  /** All relevant documents, found or not. */
  readonly relevant: readonly { readonly id: string; readonly gain: number }[];
  /** The union of the first `fusionDepth` of both lists, in the order of the default fusion. */
  readonly candidates: readonly JudgedCandidate[];
}

export interface JudgedCandidate extends Candidate {
  readonly id: string;
  /** 0: not relevant, or not judged. */
  readonly gain: number;
}

export async function featuresOf(
  client: KmsClient,
  set: RetrievalSet,
  loaded: LoadedCollection,
  onProgress: OnProgress,
): Promise<SetFeatures> {
  let done = 0;
  const documents = set.documents.length - loaded.rejected.size;
  const queries = await inParallel(set.queries, searchesUnderWay, async (query): Promise<QueryFeatures> => {
    const { hits, explanation } = await search(client, loaded, {
      ...ownFilter(set, query),
      mode: 'SEARCH_MODE_HYBRID',
      text: query.text,
      // Of a shallow search the union would be cut at its limit; of a deep one, what stands below the depth is cut here.
      limit: limits.searchLimitMax,
      explain: true,
      // A synonym shares its word's group, which the explanation does not tell.
      noSynonyms: true,
    });
    onProgress(++done, set.queries.length);
    return {
      id: query.id,
      evidence: evidenceOf(explanation, documents),
      semanticWeight: explanation?.semanticWeight ?? 0,
      relevant: [...query.gains].map(([relevant, gain]) => ({ id: relevant, gain })),
      candidates: hits.flatMap((hit) => {
        const candidate = candidateOf(hit);
        const id = hit.document?.id ?? '';
        const isListed = candidate.semanticRank !== null || candidate.lexicalRank !== null;
        return isListed ? [{ id, ...candidate, gain: query.gains.get(id) ?? 0 }] : [];
      }),
    };
  });
  return { name: set.name, queries };
}

function candidateOf({ cosine, lexicalScore, explanation }: Hit__Output): Candidate {
  return {
    cosine,
    lexicalScore,
    coverage: explanation?.coverage ?? 0,
    semanticRank: rankOf(explanation?.semanticRank),
    lexicalRank: rankOf(explanation?.lexicalRank),
  };
}

/** On the wire 0 is no rank. */
function rankOf(rank = 0): number | null {
  return rank >= 1 && rank <= fusionDepth ? rank : null;
}

/** As the engine counts it, from the terms that it says it looked for: each is a group of its own, and weighed already. */
function evidenceOf(explanation: SearchExplanation__Output | null, documents: number): QueryEvidence {
  const terms = (explanation?.understanding?.terms ?? []).map((term, group) => ({
    ...term,
    documentFrequency: Number(term.documentFrequency),
    group,
  }));
  const scored = terms.map(({ term, weight, documentFrequency, group }) => {
    return { term, weight, documentFrequency: Math.max(1, documentFrequency), group };
  });
  const { information } = planQuery({
    terms: scored,
    statistics: { documents, titleTokens: 0, bodyTokens: 0 },
  });
  return {
    terms: terms.length,
    identifiers: terms.filter(({ kind, documentFrequency }) => kind === 'identifier' && documentFrequency > 0)
      .length,
    information,
    lexicalScoreMax: information,
  };
}
