// How the values of search options are read: fusion, boosts, filters. What cannot be read is wrong usage, and
// the message says where and what would be right.

import { InvalidArgumentError } from 'commander';
import { KmsError } from '../base/errors.ts';
import { parseFilter } from '../filtering/parse-filter.ts';
import type { Boost } from '../grpc/generated/kms/v1/Boost.ts';
import type { Filter as WireFilter } from '../grpc/generated/kms/v1/Filter.ts';
import type { Fusion } from '../grpc/generated/kms/v1/Fusion.ts';
import { filterToWire } from '../grpc/wire-filter.ts';
import { readNumber } from './common-options.ts';
import { safeCharacters } from './safe-text.ts';

/** A filter in its text form. A mistake is shown by a caret below the place. */
export function readFilter(text: string): WireFilter {
  try {
    return filterToWire(parseFilter(text));
  } catch (error) {
    if (error instanceof KmsError) throw new InvalidArgumentError(pointedAt(text, error));
    throw error;
  }
}

/** `EXPRESSION*FACTOR`. The last star counts: texts of the expression may hold others. */
export function readBoost(text: string): Boost {
  const star = text.lastIndexOf('*');
  const factor = star < 0 ? '' : text.slice(star + 1).trim();
  if (!/^\d+(?:\.\d+)?$/.test(factor))
    throw new InvalidArgumentError("must be 'EXPRESSION*FACTOR', such as 'resolved = true * 1.2'");
  return { filter: readFilter(text.slice(0, star)), factor: readNumber(factor, 0.1, 10) };
}

/** `adaptive`, `convex:WEIGHT` or `rrf:K`. */
export function readFusion(text: string): Fusion | null {
  const [method, value, ...rest] = text.split(':');
  if (rest.length === 0) {
    if (method === 'adaptive' && value === undefined) return null;
    if (method === 'convex' && value !== undefined)
      return { convex: { semanticWeight: readNumber(value, 0, 1) } };
    if (method === 'rrf') return { rrf: { k: value === undefined ? 0 : readNumber(value, 1, 1_000) } };
  }
  throw new InvalidArgumentError('must be adaptive, convex:WEIGHT (0..1) or rrf:K (1..1000)');
}

/** The message, the text, and a caret below the place that the parser stopped at. */
function pointedAt(text: string, { message, facts }: KmsError): string {
  const { position } = facts;
  const line = safeCharacters(text);
  if (typeof position !== 'number') return `${message}\n  ${line}`;
  // Of UTF-16 units; a caret moves by characters.
  const before = Array.from(text.slice(0, position)).length;
  return `${message}\n  ${line}\n  ${' '.repeat(before)}^`;
}
