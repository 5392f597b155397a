import { expect, test } from 'vitest';
import { analyzeDocument } from '../../../src/lexical/analyze-text.ts';
import { LexicalIndex } from '../../../src/lexical/lexical-index.ts';
import { TermHolders } from '../../../src/stages/index/term-holders.ts';

function holdersOf(texts: readonly string[]) {
  const lexical = new LexicalIndex();
  for (const [label, text] of texts.entries())
    lexical.add({ label: label * 2, labelCount: 2, sequence: label, text: analyzeDocument('', text) });
  const walks = { count: 0 };
  return { walks, holders: new TermHolders({ name: 'cases', number: 1, lexical }, () => walks.count++) };
}

test('all labels of the documents that hold every term are held, and those of no other where terms are few', () => {
  const { holders } = holdersOf(['disk full', 'disk', 'full disk drive', 'drive']);
  expect([...holders.of('disk').labels()]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...holders.ofAll(['disk', 'full']).labels()]).toEqual([0, 1, 4, 5]);
  expect([...holders.ofAll(['disk', 'full', 'drive']).labels()]).toEqual([4, 5]);
});

test('a term that phrases share is walked once, and it gives way before each', () => {
  const { walks, holders } = holdersOf(['disk full', 'disk full', 'full drive']);
  for (let phrase = 0; phrase < 16; phrase++) holders.ofAll(['disk', 'full', 'disk']);
  expect(walks.count).toBe(2);
});

test('the rarest terms are walked first, no more than narrow a phrase down, and none behind an empty set', () => {
  const words = Array.from({ length: 40 }, (_, i) => `wort${i}`);
  const { walks, holders } = holdersOf([words.join(' '), words.slice(1).join(' ')]);
  expect([...holders.ofAll(words).labels()]).toEqual([0, 1]);
  expect(walks.count).toBe(8);
  expect(holders.ofAll([...words, 'unknown']).count).toBe(0);
  expect(walks.count).toBe(9);
});
