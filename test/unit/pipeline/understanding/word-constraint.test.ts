import { describe, expect, it } from 'vitest';
import { analyzeDocument } from '../../../../src/lexical/analyze-text.ts';
import { wordConstraintOf } from '../../../../src/pipeline/understanding/word-constraint.ts';

const none = { phrases: [], excluded: [], excludedPhrases: [] };
const termsOf = (text: string) => new Set(analyzeDocument('', text).terms.split('\n'));

describe('what phrases and exclusions ask for', () => {
  it('an excluded word is excluded in all its forms, an identifier as a whole', () => {
    const { excludedTerms } = wordConstraintOf({ ...none, excluded: ['Installing', 'ERR_NGX_502'] });
    const [word = '', identifier = ''] = excludedTerms;
    expect(termsOf('it was installed').has(word)).toBe(true);
    expect(termsOf('seen ERR_NGX_502 again').has(identifier)).toBe(true);
    expect(termsOf('seen ERR_NGX_503 again').has(identifier)).toBe(false);
    expect(excludedTerms).toHaveLength(2);
  });

  it('an excluded word of several is excluded as a phrase', () => {
    const { excludedTerms, excludedPhrases } = wordConstraintOf({
      ...none,
      excluded: ['end-to-end'],
      excludedPhrases: ['paper  jam'],
    });
    expect(excludedTerms).toEqual([]);
    expect(excludedPhrases.map(({ text }) => text)).toEqual(['paper jam', 'end-to-end']);
  });

  it.each([
    ['paper jam', 'The Paper Jams again: paper jam in tray 2'],
    ['the paper is out', 'because the paper is out'],
    ['ngx_502', 'found ERR_NGX_502 in the log'],
    ['0x80070005', 'failed with 0x80070005'],
    ['to be', 'is to be done'],
    ['system32\\drivers', 'C:\\Windows\\System32\\drivers\\etc\\hosts is gone'],
    ['日本語', 'これは日本語です'],
  ])('every document with the phrase “%s” has its terms', (phrase, text) => {
    const [found] = wordConstraintOf({ ...none, phrases: [phrase] }).phrases;
    expect(found?.text).toBe(phrase);
    const terms = termsOf(text);
    for (const term of found?.terms ?? []) expect(terms.has(term), term).toBe(true);
  });
});
