// The simplest thing that a shard's lists by words and by filters could be: every document looked at, one by one.

import { matchesFilter } from '../../src/filtering/match-filter.ts';
import { analyzeDocument } from '../../src/lexical/analyze-text.ts';
import { averageLength, halfSaturation, idfOf, termScore, weighFields } from '../../src/lexical/bm25.ts';
import type { LexicalQuery } from '../../src/lexical/lexical-query.ts';
import type { Attributes } from '../../src/model/document.ts';
import type { Constraint } from '../../src/stages/index/index-messages.ts';

export interface ModelText {
  /** A title, a line break, a body. */
  readonly text: string;
  readonly attributes: Attributes;
}

const vocabulary = [
  'disk',
  'full',
  'mount',
  'volume',
  'printer',
  'paper',
  'jam',
  'vpn',
  'tunnel',
  'route',
  'ORA-00942',
];
export const colours = ['red', 'green', 'blue'];

export function modelText(random: () => number): string {
  const words = (count: number) =>
    Array.from({ length: count }, () => vocabulary[Math.floor(random() * vocabulary.length)]).join(' ');
  return `${words(1 + Math.floor(random() * 3))}\n${words(3 + Math.floor(random() * 12))}`;
}

export function modelAttributes(random: () => number): Attributes {
  const attributes: Record<string, Attributes[string]> = { rank: Math.floor(random() * 1_000) };
  if (random() < 0.9) attributes['colour'] = colours[Math.floor(random() * 3)] as string;
  if (random() < 0.5) attributes['open'] = random() < 0.5;
  return attributes;
}

/** By the formula, with the statistics of the query; 0: none of the terms. */
export function modelScore({ text }: ModelText, { terms, statistics }: LexicalQuery): number {
  const [title = '', body = ''] = splitText(text);
  const analyzed = analyzeDocument(title, body);
  const places = new Map(analyzed.terms.split('\n').map((term, i) => [term, i]));
  const length = weighFields({ title: analyzed.titleLength, body: analyzed.bodyLength });
  const half = halfSaturation(length, averageLength(statistics));
  let score = 0;
  for (const { term, weight, documentFrequency } of terms) {
    const place = places.get(term);
    if (place === undefined) continue;
    const count = { title: analyzed.counts[place * 2] ?? 0, body: analyzed.counts[place * 2 + 1] ?? 0 };
    score += termScore(weight * idfOf(statistics.documents, documentFrequency), weighFields(count), half);
  }
  return score;
}

export function modelPasses(document: ModelText, constraint: Constraint): boolean {
  const { filter, phrases, excludedTerms, excludedPhrases } = constraint;
  const facts = {
    attributes: document.attributes,
    updateTimeMs: null,
    commitTimeMs: 0,
    mediaType: 'text/plain',
  } as const;
  if (filter !== null && !matchesFilter(filter, facts)) return false;
  const terms = new Set(analyzeDocument(...splitText(document.text)).terms.split('\n'));
  const line = document.text.replace(/\s+/g, ' ').toLowerCase();
  if (excludedTerms.some((term) => terms.has(term))) return false;
  if (excludedPhrases.some(({ text }) => ` ${line} `.includes(` ${text.toLowerCase()} `))) return false;
  return phrases.every(({ text }) => ` ${line} `.includes(` ${text.toLowerCase()} `));
}

export function randomWords(random: () => number, count: number): string {
  return Array.from({ length: count }, () => vocabulary[Math.floor(random() * vocabulary.length)]).join(' ');
}

export function splitText(text: string): [string, string] {
  const lineEnd = Math.max(0, text.indexOf('\n'));
  return [text.slice(0, lineEnd), text.slice(lineEnd)];
}
