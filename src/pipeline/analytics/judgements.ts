// Feedback as relevance judgements, the way test collections hold them: for each query and document one grade.

import type { Feedback, FeedbackKind, Judgement } from '../../model/search-record.ts';
import type { SearchLogStore } from '../../storage/search-log-store.ts';
import { searchPages } from './search-pages.ts';

const relevanceOf: Readonly<Record<FeedbackKind, Judgement['relevance']>> = {
  not_relevant: 0,
  clicked: 1,
  solved: 2,
};

/** Judgements gathered at most, of 1 KiB each at most. A log that holds more is exported by shorter windows. */
const judgementsMax = 100_000;
const judgementsPerPart = 500;

/** One judgement a query and document, the highest there is; queries in order of their first search. */
export async function* judgementsOf(
  store: SearchLogStore,
  window: { readonly fromMs: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly Judgement[]> {
  const judged = new Map<string, Judgement>();
  for await (const page of searchPages(store, window)) {
    for (const search of page) {
      if (search.text === '') continue; // by vector or document, or made while texts were not kept
      for (const feedback of store.feedbackOn(search.id)) {
        const key = `${search.textHash}\0${feedback.document.collection}\0${feedback.document.id}`;
        const known = judged.get(key);
        if (known === undefined && judged.size >= judgementsMax) continue;
        judged.set(key, higher(known, toJudgement(search, feedback)));
      }
    }
  }
  const all = [...judged.values()];
  for (let start = 0; start < all.length; start += judgementsPerPart)
    yield all.slice(start, start + judgementsPerPart);
}

function toJudgement(
  { textHash, text }: { readonly textHash: string; readonly text: string },
  { document, kind }: Feedback,
): Judgement {
  return { queryId: textHash, text, document, relevance: relevanceOf[kind] };
}

function higher(known: Judgement | undefined, judgement: Judgement): Judgement {
  return known !== undefined && known.relevance >= judgement.relevance ? known : judgement;
}
