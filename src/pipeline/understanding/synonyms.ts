// Other words for what a query says: acronyms and names that a dictionary file ties together. What they find counts for
// less than the query's own words (weight), so that a wrong guess cannot push a right hit away.

import { visitPieces } from '../../lexical/text-pieces.ts';

/** Whoever writes one of `from` also means each of `to`. Two-way groups have the same list as both. */
export interface SynonymGroup {
  /** `*`: for all collections. */
  readonly collection: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Of a synonym's terms together, as a share of a query word's weight; in (0, 1]. */
  readonly weight: number;
}

export interface Expansion {
  /** As the dictionary has it. */
  readonly surface: string;
  /** As the index knows its words; stop words and parts of identifiers left out. At least one. */
  readonly terms: readonly string[];
  /** Of each of the terms: the group's weight, shared among them. */
  readonly weight: number;
  /** The terms of the query that it stands for, stop words included: their group is its group. */
  readonly standsFor: readonly string[];
}

/** The words of a dictionary's entry, at most. */
export const entryWordsMax = 8;
/** What people type; a pasted ticket says what it means often enough by itself. */
const queryWordsMax = 64;
/** A quarter of what one lexical query may have (lexical-query.ts). */
const expansionTermsMax = 64;
/** Between the words of a key: in no term. */
const wordEnd = '\n';

interface Entry {
  readonly collection: string;
  readonly surface: string;
  readonly key: string;
  readonly terms: readonly string[];
  readonly weight: number;
}

export class Synonyms {
  /** By the words that are looked for, each as its term. */
  readonly #entries = new Map<string, Entry[]>();

  constructor(groups: readonly SynonymGroup[]) {
    for (const group of groups) this.#add(group);
  }

  /**
   * What else to look for in a search for `text` (cleaned) in `collections` (empty: all of them). Where several entries
   * match the longest does, and its words are not matched again. What the query says already is left out.
   */
  expand(text: string, collections: readonly string[]): Expansion[] {
    if (this.#entries.size === 0) return [];
    const words = termsInOrder(text).slice(0, queryWordsMax);
    const said = `${wordEnd}${words.join(wordEnd)}${wordEnd}`;
    const found = new Map<string, Expansion>();
    let terms = 0;
    for (let start = 0; start < words.length; ) {
      const { entries, length } = this.#longestAt(words, start, collections);
      const standsFor = words.slice(start, start + length);
      for (const { surface, key, terms: own, weight } of entries) {
        const isSaid = said.includes(`${wordEnd}${key}${wordEnd}`);
        const known = found.get(key);
        if (isSaid || (known === undefined && terms + own.length > expansionTermsMax)) continue;
        const shared = weight / own.length;
        if (known === undefined) terms += own.length;
        // Two collections, or two words of the query, may lead to one synonym: the stronger tie counts.
        if ((known?.weight ?? 0) < shared) found.set(key, { surface, terms: own, weight: shared, standsFor });
      }
      start += length;
    }
    return [...found.values()];
  }

  #longestAt(
    words: readonly string[],
    start: number,
    collections: readonly string[],
  ): { readonly entries: readonly Entry[]; readonly length: number } {
    const isSearched = ({ collection }: Entry) =>
      collection === '*' || collections.length === 0 || collections.includes(collection);
    for (let length = Math.min(entryWordsMax, words.length - start); length > 0; length--) {
      const key = words.slice(start, start + length).join(wordEnd);
      const entries = this.#entries.get(key)?.filter(isSearched) ?? [];
      if (entries.length > 0) return { entries, length };
    }
    return { entries: [], length: 1 };
  }

  #add({ collection, from, to, weight }: SynonymGroup): void {
    const targets = to.map((surface): Entry => {
      return { collection, surface, key: keyOf(surface), terms: searchableTerms(surface), weight };
    });
    for (const surface of from) {
      const key = keyOf(surface);
      const entries = this.#entries.get(key) ?? [];
      entries.push(...targets.filter((target) => target.key !== key));
      this.#entries.set(key, entries);
    }
  }
}

/** What makes two spellings the same entry: case, accents, endings and punctuation aside. Empty: it holds no word. */
export function keyOf(surface: string): string {
  return termsInOrder(surface).join(wordEnd);
}

export function wordCountOf(surface: string): number {
  return termsInOrder(surface).length;
}

/** The terms that can be looked for; none when it holds stop words only, which are in no index. */
export function searchableTerms(surface: string): string[] {
  const terms = new Set<string>();
  visitPieces(surface, ({ kind, term }) => {
    if (kind !== 'stop word') terms.add(term);
  });
  return [...terms];
}

function termsInOrder(text: string): string[] {
  const terms: string[] = [];
  visitPieces(text, ({ term }) => terms.push(term));
  return terms;
}
