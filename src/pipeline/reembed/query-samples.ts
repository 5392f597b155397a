// Queries for comparing two generations: the titles of stored documents, or how their texts begin.

import type { StoredDocument } from '../../model/document.ts';
import { cleanQuery } from '../../stages/clean/clean-text.ts';

const queryCharactersMax = 200;

/** At most `count` queries, from documents spread evenly over the list. */
export function queriesOf(documents: readonly StoredDocument[], count: number): string[] {
  const queries = documents.map(queryOf).filter((query) => cleanQuery(query) !== '');
  const unique = [...new Set(queries)];
  const taken = Math.min(count, unique.length);
  return Array.from({ length: taken }, (_, i) => unique[Math.floor((i * unique.length) / taken)] as string);
}

function queryOf({ title, body }: StoredDocument): string {
  return title.trim() === '' ? body.slice(0, queryCharactersMax) : title;
}
