// Bold words in a line of document text, which must not steer the terminal.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlightedLine, isStyled } from '../../../src/cli/highlighted-text.ts';
import { safeLine } from '../../../src/cli/safe-text.ts';

const [on, off] = ['\u001b[1m', '\u001b[22m'];
const styled = { isStyled: true, unitsMax: 240 };

describe('a highlighted line', () => {
  test('has its highlights in bold', () => {
    const line = highlightedLine(
      'the printer is offline',
      [
        { start: 4, end: 11 },
        { start: 15, end: 22 },
      ],
      styled,
    );
    expect(line).toBe(`the ${on}printer${off} is ${on}offline${off}`);
  });

  test('of any text with any highlights sends nothing to the terminal but its own marks, in pairs', () => {
    const highlight = fc.record({
      start: fc.integer({ min: -5, max: 60 }),
      end: fc.integer({ min: -5, max: 60 }),
    });
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.constantFrom('\u001b[2J', 'a\u202eb\nc', `${on}x`, '\u0007 \u009b31m'),
    );
    fc.assert(
      fc.property(text, fc.array(highlight, { maxLength: 6 }), (snippet, highlights) => {
        const line = highlightedLine(snippet, highlights, styled);
        const marks = line.split(on).length - 1;
        expect(line.split(off).length - 1).toBe(marks);
        const plain = line.replaceAll(on, '').replaceAll(off, '');
        expect(plain).not.toMatch(/[\p{Cc}\u202e]/u);
        // Blanks aside, the same text.
        expect(plain.replace(/\s/g, '')).toBe(safeLine(snippet).replace(/\s/g, ''));
      }),
    );
  });

  test('is plain when it is to be, and cut between characters when it is long', () => {
    expect(highlightedLine('a b', [{ start: 0, end: 1 }], { isStyled: false, unitsMax: 240 })).toBe('a b');
    expect(highlightedLine('x\u{1F600}yz', [], { isStyled: true, unitsMax: 3 })).toBe('x…');
    expect(highlightedLine('abcdef', [{ start: 4, end: 6 }], { isStyled: true, unitsMax: 5 })).toBe('abcd…');
  });

  test('can leave out what stands before it', () => {
    const highlights = [
      { start: 0, end: 5 },
      { start: 6, end: 8 },
    ];
    expect(highlightedLine('Title of it', highlights, { ...styled, start: 5 })).toBe(`${on}of${off} it`);
    expect(highlightedLine('Title', highlights, { ...styled, start: 5 })).toBe('');
  });

  test('is for terminals that have not asked for plain text', () => {
    const terminal = { write: () => undefined, isTTY: true };
    expect(isStyled({ stdout: terminal, env: {} })).toBe(true);
    expect(isStyled({ stdout: terminal, env: { NO_COLOR: '' } })).toBe(true);
    expect(isStyled({ stdout: terminal, env: { NO_COLOR: '0' } })).toBe(false);
    expect(isStyled({ stdout: { write: () => undefined }, env: {} })).toBe(false);
  });
});
