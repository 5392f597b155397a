// How the query flow tells of the searches it has answered.

import type { SearchAnswer, SearchQuery } from '../../model/query.ts';

export interface SearchObserver {
  /** Notes an answered search and returns its id, which names it for feedback. Takes microseconds and never throws. */
  observe(query: SearchQuery, answer: Omit<SearchAnswer, 'searchId'>): string;
}
