// How the values of search options are read.

import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { readBoost, readFilter, readFusion } from '../../../src/cli/search-values.ts';

/** The message that wrong usage is answered with. */
function complaintOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('a fusion', () => {
  test.each([
    ['adaptive', null],
    ['convex:0', { convex: { semanticWeight: 0 } }],
    ['convex:0.7', { convex: { semanticWeight: 0.7 } }],
    ['rrf', { rrf: { k: 0 } }],
    ['rrf:60', { rrf: { k: 60 } }],
  ])('%s is %j', (text, fusion) => {
    expect(readFusion(text)).toEqual(fusion);
  });

  test.each(['', 'best', 'convex', 'convex:', 'convex:1.1', 'rrf:0', 'rrf:x', 'rrf:60:1', 'adaptive:1'])(
    '%j is refused',
    (text) => {
      expect(complaintOf(() => readFusion(text))).toMatch(/^must be /);
    },
  );
});

describe('a boost', () => {
  test('is a filter and a factor behind the last star', () => {
    expect(readBoost("name = 'a*b' * 1.25")).toEqual({
      filter: { oneOf: { field: 'name', values: [{ stringValue: 'a*b' }] } },
      factor: 1.25,
    });
  });

  test.each(['', 'a = 1', 'a = 1 *', 'a = 1 * x', 'a = 1 * 11', '* 2', 'a = * 2'])(
    '%j is refused',
    (text) => {
      expect(complaintOf(() => readBoost(text))).not.toBe('');
    },
  );
});

describe('a filter that cannot be read', () => {
  test('is shown with a caret below the place, whatever stands before it', () => {
    const text = 'name = "\u{1F600}\u001b[2J" and = 3';
    const lines = complaintOf(() => readFilter(text)).split('\n');
    expect(lines.at(-2)).toBe('  name = "\u{1F600} [2J" and = 3');
    expect(lines.at(-1)).toMatch(/^ +\^$/);
    // Characters, not UTF-16 units: a face is one of them.
    expect(Array.from(lines.at(-2) ?? '')[(lines.at(-1) ?? '').indexOf('^')]).toBe('=');
    expect(lines.join('')).not.toContain('\u001b');
  });
});
