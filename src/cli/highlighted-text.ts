// A snippet with the query's words in bold, for a terminal. What comes from documents never steers the terminal: only
// the two marks around a highlight are ours.

import type { Highlight__Output } from '../grpc/generated/kms/v1/Highlight.ts';
import type { CommandIo } from './command-io.ts';
import { safeLine } from './safe-text.ts';

const boldOn = '\u001b[1m';
const boldOff = '\u001b[22m';

/** Bold is for people at a terminal who have not asked for plain text (https://no-color.org: any value but an empty one). */
export function isStyled({ stdout, env }: Pick<CommandIo, 'stdout' | 'env'>): boolean {
  return stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/**
 * One line of at most `unitsMax` UTF-16 units of the text, from unit `start` on. Highlights out of order, on top of each other or beyond the
 * end are left out: they come from another machine.
 */
export function highlightedLine(
  text: string,
  highlights: readonly Highlight__Output[],
  options: { readonly isStyled: boolean; readonly unitsMax: number; readonly start?: number },
): string {
  const begin = options.start ?? 0;
  const shown = cut(text, begin + options.unitsMax);
  const parts: string[] = [];
  let position = begin;
  for (const { start, end } of options.isStyled ? highlights : []) {
    if (start < position || end <= start || end > shown.length) continue;
    parts.push(blanked(shown.slice(position, start)), boldOn, blanked(shown.slice(start, end)), boldOff);
    position = end;
  }
  parts.push(blanked(shown.slice(position)));
  const line = parts.join('').trim();
  return shown.length < text.length ? `${line}…` : line;
}

/** Never half of a character. */
function cut(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : text.slice(0, unitsMax - 1).replace(/[\ud800-\udbff]$/, '');
}

/** A part of a line: safe like a line, with the blanks at its ends. */
function blanked(part: string): string {
  const line = safeLine(part);
  if (line === '') return part === '' ? '' : ' ';
  return `${startsBlank(part) ? ' ' : ''}${line}${endsBlank(part) ? ' ' : ''}`;
}

function startsBlank(part: string): boolean {
  return safeLine(part.slice(0, 1)) === '';
}

function endsBlank(part: string): boolean {
  return safeLine(part.slice(-1)) === '';
}
