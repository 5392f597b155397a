import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeQuery } from '../../../../src/lexical/analyze-query.ts';
import {
  chooseCorrections,
  correctableTerms,
  correctedText,
} from '../../../../src/pipeline/understanding/spelling.ts';

const suggestion = (term: string, distance: number, documentFrequency: number) => ({
  term,
  distance,
  documentFrequency,
});

/** Asks about a text of which the index holds `known`; `answers` maps a term to what each shard suggests. */
function corrected(
  text: string,
  known: Readonly<Record<string, number>>,
  answers: readonly Readonly<Record<string, readonly ReturnType<typeof suggestion>[]>>[],
) {
  const { tokens } = analyzeQuery(text);
  const asked = correctableTerms(tokens);
  return chooseCorrections({
    tokens,
    documentFrequencies: new Map(tokens.map(({ term }) => [term, known[term] ?? 0])),
    asked,
    answers: answers.map((shard) => asked.map((term) => shard[term] ?? [])),
  });
}

describe('spelling', () => {
  it('only words of at least four letters are asked about', () => {
    const text = 'prnter jam ERR_NGX_502 0x80070005 windws 2019 v1.2.3 getUsr vpn 10gb';
    expect(correctableTerms(analyzeQuery(text).tokens)).toEqual(['prnter', 'windw']);
  });

  it('the nearest suggestion wins, and among equals the one that more documents of all shards hold', () => {
    const shards = [
      { prnter: [suggestion('pointer', 2, 900), suggestion('printer', 1, 3), suggestion('prater', 1, 5)] },
      { prnter: [suggestion('printer', 1, 4)] },
    ];
    expect(corrected('Prnter', {}, shards)).toEqual([
      { term: 'prnter', surface: 'Prnter', to: 'printer', documentFrequency: 7 },
    ]);
  });

  it('a word that one document of one shard holds is no mistake', () => {
    const shards = [{ prnter: [suggestion('printer', 1, 100)] }, { prnter: [] }];
    expect(corrected('prnter', { prnter: 1 }, shards)).toEqual([]);
  });

  it('a word without a suggestion stays as it is', () => {
    expect(corrected('kangaroo prnter', {}, [{ prnter: [suggestion('printer', 1, 1)] }])).toHaveLength(1);
  });

  it('at most eight words of a query are replaced', () => {
    const words = ['alpa', 'brvo', 'chalie', 'dlta', 'echoo', 'foxtrt', 'golff', 'hotell', 'indja', 'juliet'];
    const { tokens } = analyzeQuery(words.join(' '));
    const shard = Object.fromEntries(tokens.map(({ term }) => [term, [suggestion('near', 1, 1)]]));
    expect(tokens).toHaveLength(10);
    expect(corrected(words.join(' '), {}, [shard])).toHaveLength(8);
  });

  it('the shown text has whole words replaced and nothing else', () => {
    const corrections = [
      { term: 'prnter', surface: 'Prnter', to: 'printer', documentFrequency: 1 },
      { term: 'reciev', surface: 'recieve', to: 'receiv', documentFrequency: 1 },
    ];
    expect(correctedText('PRNTER, prnter_log can’t recieve! prnters', corrections)).toBe(
      'printer, prnter_log can’t receiv! prnters',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(correctedText(text, [])).toBe(text);
      }),
    );
  });
});
