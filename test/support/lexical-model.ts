// A collection of analysed documents in plain objects, and BM25 over all of them: what the index is compared with.

import type { AnalyzedText } from '../../src/lexical/analyzed-text.ts';
import { averageLength, halfSaturation, idfOf, termScore, weighFields } from '../../src/lexical/bm25.ts';
import type { LexicalQuery, LexicalScore } from '../../src/lexical/lexical-query.ts';
import { wholeBetween } from './random.ts';

export interface ModelDocument {
  readonly label: number;
  readonly labelCount: number;
  /** Title and body counts by term. */
  readonly terms: ReadonlyMap<string, readonly [number, number]>;
  readonly titleLength: number;
  readonly bodyLength: number;
}

/** Words of few letters, so that they meet often: the first are frequent, the last rare. */
export function vocabulary(size: number): string[] {
  return Array.from({ length: size }, (_, i) => {
    const letters = 'etaoinshrdlu';
    let word = '';
    for (let rest = i + 1; rest > 0; rest = Math.floor(rest / letters.length)) {
      word += letters[rest % letters.length] as string;
    }
    // Some that are not ASCII, and some that sort apart as UTF-16 and as code points.
    return i % 17 === 3 ? `${word}ß` : i % 29 === 5 ? `😀${word}` : i % 31 === 7 ? `ﬀ${word}` : word;
  });
}

export function randomDocument(
  random: () => number,
  label: number,
  options: { readonly words: readonly string[]; readonly termsMax: number },
): ModelDocument {
  const { words, termsMax } = options;
  const terms = new Map<string, readonly [number, number]>();
  let [titleLength, bodyLength] = [0, 0];
  for (let i = wholeBetween(random, 0, termsMax); i > 0; i--) {
    const word = words[Math.floor(random() ** 3 * words.length)] as string;
    // Now and then more than a code of one byte holds, and more than two bytes.
    const isHuge = random() < 0.02;
    const title = random() < 0.3 ? wholeBetween(random, 1, isHuge ? 300 : 2) : 0;
    const body = title > 0 && random() < 0.3 ? 0 : wholeBetween(random, 1, isHuge ? 65_535 : 5);
    const [titleBefore, bodyBefore] = terms.get(word) ?? [0, 0];
    const counts = [Math.min(65_535, titleBefore + title), Math.min(65_535, bodyBefore + body)] as const;
    terms.set(word, counts);
    titleLength += counts[0] - titleBefore;
    bodyLength += counts[1] - bodyBefore;
  }
  return { label, labelCount: wholeBetween(random, 1, 4), terms, titleLength, bodyLength };
}

export function analyzed({ terms, titleLength, bodyLength }: ModelDocument): AnalyzedText {
  const counts = Uint16Array.from([...terms.values()].flat());
  return { terms: [...terms.keys()].join('\n'), counts, titleLength, bodyLength };
}

/** A document's score and coverage by the formula alone. */
export function scoreByFormula(document: ModelDocument, { terms, statistics }: LexicalQuery): LexicalScore {
  const average = averageLength(statistics);
  const length = weighFields({ title: document.titleLength, body: document.bodyLength });
  const groups = new Map<number, { whole: number; held: number }>();
  let score = 0;
  for (const { term, weight, documentFrequency, group } of terms) {
    const information = weight * idfOf(statistics.documents, documentFrequency);
    const counts = document.terms.get(term);
    const parts = groups.get(group) ?? { whole: 0, held: 0 };
    parts.whole = Math.max(parts.whole, information);
    if (counts !== undefined) {
      parts.held = Math.max(parts.held, information);
      const count = weighFields({ title: counts[0], body: counts[1] });
      score += termScore(information, count, halfSaturation(length, average));
    }
    groups.set(group, parts);
  }
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const whole = sum([...groups.values()].map((group) => group.whole));
  return { score, coverage: whole === 0 ? 0 : sum([...groups.values()].map(({ held }) => held)) / whole };
}
