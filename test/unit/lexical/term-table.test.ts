import { expect, test } from 'vitest';
import { TermTable } from '../../../src/lexical/term-table.ts';
import { randomFrom, wholeBetween } from '../../support/random.ts';

test('each distinct term has a number of its own, hashes that meet or not, wherever it stands in a text', () => {
  // 250,000 hashes of 32 bits: some 7 pairs of them are the same.
  const random = randomFrom(7);
  const terms = new Set<string>();
  while (terms.size < 250_000) {
    terms.add(String.fromCharCode(...Array.from({ length: 6 }, () => wholeBetween(random, 97, 122))));
  }
  const table = new TermTable();
  const numberOf = (term: string) => table.findOrAdd(`«${term}»`, 1, 1 + term.length);
  const numbers = [...terms].map(numberOf);
  const isInOrder = numbers.every((number, place) => number === place);
  const isFoundAgain = [...terms].every((term, place) => {
    return numberOf(term) === place && table.find(term, 0, term.length) === place;
  });
  expect([isInOrder, isFoundAgain, table.count]).toEqual([true, true, terms.size]);
  const { units, offsets } = table;
  const last = units.subarray(offsets[terms.size - 1], offsets[terms.size]);
  expect(String.fromCharCode(...last)).toBe([...terms].at(-1));
  expect([table.find('', 0, 0), table.find('abcdefg', 0, 7), table.find('a', 0, 1)]).toEqual([-1, -1, -1]);
});
