import { expect, test } from 'vitest';
import { searchSource } from '../../../src/lexical/max-score.ts';
import { Memtable } from '../../../src/lexical/memtable.ts';
import { planQuery } from '../../../src/lexical/query-plan.ts';
import { querySource } from '../../../src/lexical/source-query.ts';
import { TopHits } from '../../../src/lexical/top-hits.ts';
import { analyzed, randomDocument, vocabulary } from '../../support/lexical-model.ts';
import { randomFrom } from '../../support/random.ts';

const documents = 20_000;
const words = vocabulary(300);

function memtable(): Memtable {
  const random = randomFrom(3);
  const source = new Memtable();
  for (let label = 1; label <= documents; label++) {
    const document = randomDocument(random, label, { words, termsMax: 30 });
    source.add({ label, labelCount: 1, sequence: label, text: analyzed(document) });
  }
  return source;
}

function queryOf(source: Memtable, asked: readonly string[]) {
  const terms = asked.map((term, group) => {
    const number = source.find(term);
    return { term, weight: 1, documentFrequency: source.end(number) - source.start(number), group };
  });
  return querySource(source, planQuery({ terms, statistics: source }));
}

test('postings that cannot change the top are passed over', () => {
  const source = memtable();
  const query = queryOf(source, [words[0], words[2], words[4], words[280], words[299]] as string[]);
  const postings = query.terms.reduce((sum, { start, end }) => sum + end - start, 0);
  const lookedFor = (limit: number) => {
    const options = { place: 0, allows: null, giveWay: () => undefined };
    return searchSource(query, new TopHits(limit), options);
  };
  const heaviestFirst = query.plan.terms.map(({ weightedIdf }) => weightedIdf).sort((a, b) => b - a);
  expect(query.plan.terms.map(({ weightedIdf }) => weightedIdf)).toEqual(heaviestFirst);
  expect(lookedFor(documents)).toBe(postings);
  expect(lookedFor(5)).toBeLessThan(postings / 2);
});

test('a search gives way after so many postings, and another one may run meanwhile', () => {
  const source = memtable();
  const query = queryOf(source, words.slice(0, 20));
  const find = (giveWay: () => void) => {
    const top = new TopHits(10);
    searchSource(query, top, { place: 0, allows: null, giveWay });
    return top.sorted();
  };
  const alone = find(() => undefined);
  const meanwhile: unknown[] = [];
  const first = find(() => meanwhile.push(find(() => undefined)));
  expect(meanwhile.length).toBeGreaterThan(0);
  expect([first, ...meanwhile]).toEqual([alone, ...meanwhile.map(() => alone)]);
});
