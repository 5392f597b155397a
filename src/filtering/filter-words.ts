// What a word stands for where a filter's text has a value: a truth, a number, a time, a day, or the text itself.

export type FilterWord =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'time'; readonly timeMs: number }
  /** A date alone is all of its day, in UTC: from `startMs` to before `endMs`. */
  | { readonly type: 'day'; readonly startMs: number; readonly endMs: number }
  | { readonly type: 'text'; readonly value: string }
  /** Looks like a number or a time, and is none. */
  | { readonly type: 'fault'; readonly expected: string };

/** These are never values or names unless they are quoted. */
export const filterKeywords: readonly string[] = ['and', 'or', 'not', 'in'];

const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const timeForm =
  /^(\d{4}|[+-]\d{6})-(\d{2})-(\d{2})(?:t(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(z|[+-]\d{2}:\d{2})?)?$/i;
const nameForm = /^[\p{L}_$][\p{L}\p{M}\p{N}_$.-]*$/u;
const dayMs = 86_400_000;

export function readFilterWord(word: string): FilterWord {
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false') return { type: 'boolean', value: lower === 'true' };
  if (numberForm.test(word)) {
    const value = Number(word);
    return Number.isFinite(value)
      ? { type: 'number', value }
      : { type: 'fault', expected: 'a number that is finite' };
  }
  return readTime(word) ?? { type: 'text', value: word };
}

/** Whether a field's name, or a part of one, needs no backticks. */
export function isPlainName(name: string): boolean {
  return nameForm.test(name) && !name.includes('..') && !filterKeywords.includes(name.toLowerCase());
}

/** A time without a zone is UTC. Null: not the form of a time. */
function readTime(word: string): FilterWord | null {
  const parts = timeForm.exec(word);
  if (parts === null) return null;
  const [, year = '', month, day, minutes, seconds = ':00', zone = 'Z'] = parts;
  const startMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  // JavaScript makes the 1st of March of the 30th of February.
  if (!Number.isFinite(startMs) || new Date(startMs).getUTCDate() !== Number(day))
    return { type: 'fault', expected: `a day that there is, not ${year}-${month}-${day}` };
  if (minutes === undefined) return { type: 'day', startMs, endMs: startMs + dayMs };
  const timeMs = Date.parse(`${year}-${month}-${day}T${minutes}${seconds}${zone.toUpperCase()}`);
  if (!Number.isFinite(timeMs)) return { type: 'fault', expected: 'a time as 2024-05-01T13:00:00Z' };
  return { type: 'time', timeMs };
}
