import { expect, test } from 'vitest';
import { analyzeQuery } from '../../../../src/lexical/analyze-query.ts';
import { pinsOf } from '../../../../src/pipeline/search/pin-query.ts';

function pinsIn(written: string, frequencies: Readonly<Record<string, number>> = {}) {
  return pinsOf({
    written,
    analyzed: analyzeQuery(written),
    frequencies: new Map(Object.entries(frequencies)),
  });
}

test.each([
  ['CASE-77', ['CASE-77']],
  ['vpn', ['vpn']],
  ['12', ['12']],
  ['case #10234', ['case #10234', '#10234', '10234']],
  ['the same as in (KB-4711)?', ['the same as in (KB-4711)?', 'KB-4711']],
  ['it stops at port 50000 of the second server', ['it stops at port 50000 of the second server']],
])('%j may name the documents %j', (written, ids) => {
  expect(pinsIn(written)?.ids).toEqual(ids);
});

test('marks within a word cost no more than letters do', () => {
  // Half a minute, where each mark of a run begins a search for the run's end.
  const words = ['!'.repeat(32_000), `!${'?'.repeat(200_000)}CASE-77`, `${'!'.repeat(200_000)}a`];
  for (const word of words) expect(pinsIn(word)).toBeNull();
  expect(pinsIn(`see ("CASE-77"${'!'.repeat(200_000)}`)?.ids).toEqual(['CASE-77']);
});

test('a text longer than any id names none by itself', () => {
  expect(pinsIn('word '.repeat(200))).toBeNull();
});

test('of a pasted log a few ids are looked for, the first ones', () => {
  const written = Array.from({ length: 100 }, (_, i) => `entry-${i}`).join(' ');
  const { ids = [] } = pinsIn(written) ?? {};
  expect(ids).toHaveLength(16);
  expect(ids[0]).toBe('entry-0');
});

test('identifiers that few documents hold are looked for, the rarest first, until they would fill the page', () => {
  const written = 'ERR_A_1 or ERR_B_2 or ERR_C_3 or ERR_D_4';
  const pins = pinsIn(written, { err_a_1: 2, err_b_2: 1, err_c_3: 4_000, err_d_4: 3 });
  expect(pins?.identifiers).toEqual(['err_b_2', 'err_a_1']);
});

test('an identifier in a long report puts nothing on top', () => {
  const pins = pinsIn(`${'some more words '.repeat(20)} ERR_A_1`, { err_a_1: 1 });
  expect(pins?.identifiers).toEqual([]);
});
