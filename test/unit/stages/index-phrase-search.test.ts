import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PhraseSearch } from '../../../src/stages/index/phrase-search.ts';

/** By its definition: every place of one string in another, both made alike first. */
function standsIn(text: string, phrase: string): boolean {
  const alike = (written: string) => written.toLowerCase().replaceAll('ς', 'σ').replace(/\s+/g, ' ').trim();
  const [line, wanted] = [alike(text), alike(phrase)];
  const isLetter = (character = ' ') => /[\p{L}\p{N}]/u.test(character);
  for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const isWithin = (place: number) => isLetter(line[place - 1]) && isLetter(line[place]);
    if (!isWithin(at) && !isWithin(end)) return true;
  }
  return wanted === '';
}

test('a phrase stands in a text where it does once case and blanks are made alike, and nowhere else', () => {
  const written = (maxLength: number) =>
    fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'É', ' ', '\n', '-', 'Σ', 'ς', '😀'), maxLength });
  fc.assert(
    fc.property(written(60), written(6), (text, phrase) => {
      expect(new PhraseSearch(phrase).standsIn(text)).toBe(standsIn(text, phrase));
    }),
    { numRuns: 5_000 },
  );
});

test('every phrase stands in a text that it was cut from at blanks', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'É'), minLength: 1, maxLength: 3 });
  const words = fc.array(word, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (text, from, count) => {
      const start = from % text.length;
      const phrase = text
        .slice(start, start + 1 + (count % (text.length - start)))
        .join('  ')
        .toUpperCase();
      expect(new PhraseSearch(phrase).standsIn(text.join(' \n'))).toBe(true);
    }),
  );
});

test('a phrase that nearly stands at every place is looked for in one pass', () => {
  // To begin again at each place would be 64,000,000,000 steps, and the end of this test by its time limit.
  const text = 'a '.repeat(2_000_000);
  expect(new PhraseSearch(`${'a '.repeat(16_000)}b`).standsIn(text)).toBe(false);
  expect(new PhraseSearch(`${'a '.repeat(16_000)}b`).standsIn(`${text}B`)).toBe(true);
});
