// The text form of a filter, as people type it:
//
//   status = "open" and (priority >= 3 or created > 2024-01-01T00:00:00Z) and product in ("a", "b")
//   and not exists(resolved) and tags = vpn and price 10..20
//
//   filter    = all { "or" all }            all = part { "and" part }         part = "not" part | condition
//   condition = "(" filter ")" | "exists" "(" field ")" | "all" "(" [filter { "," filter }] ")" | "any" "(" … ")"
//             | field ("=" | "!=" | ">" | ">=" | "<" | "<=") value
//             | field ["not"] "in" "(" value { "," value } ")"
//             | field value (".." | "<.." | "..<" | "<..<") value
//
// `not` binds before `and`, `and` before `or`; letter case of these words is of no account. A range includes its ends but
// for those with a `<`. A word is a truth, a number, a time or, else, a text; in quotes it is a text, with JSON's escapes.
// A date alone is its whole day in UTC. `all()` is true, `any()` is false. Names with other than letters, digits, `_`,
// `$`, `.` and `-` stand in backticks.

import type { Filter, FilterValue } from '../model/filter.ts';
import { filterLimits } from '../model/filter.ts';
import { checkFilter } from './check-filter.ts';
import { type Comparison, compared, lowerEnd, upperEnd, type WrittenValue } from './compare-values.ts';
import { type FilterToken, filterFault, filterTokens } from './filter-tokens.ts';
import { filterKeywords, isPlainName, readFilterWord } from './filter-words.ts';

/** Parentheses and `not` within each other: the parser's own stack. Redundant ones make no level of the filter. */
const nestingMax = 64;

/**
 * Throws `invalid_argument` with the position (facts.position, UTF-16 units from the start) and what would be right there.
 * The filter is within `filterLimits`.
 */
export function parseFilter(text: string): Filter {
  const filter = new FilterParser(filterTokens(text)).parse();
  const [fault] = checkFilter(filter);
  if (fault !== undefined) throw filterFault(0, `${fault.field} ${fault.description}`);
  return filter;
}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #next = 0;
  #nesting = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): Filter {
    const filter = this.#filter();
    if (this.#token.type !== 'end') throw this.#expected('"and", "or" or the end');
    return filter;
  }

  get #token(): FilterToken {
    return this.#tokens[this.#next] as FilterToken;
  }

  #filter(): Filter {
    const filters = [this.#all()];
    while (this.#takeWord('or')) filters.push(this.#all());
    return filters.length === 1 ? (filters[0] as Filter) : { type: 'or', filters };
  }

  #all(): Filter {
    const filters = [this.#part()];
    while (this.#takeWord('and')) filters.push(this.#part());
    return filters.length === 1 ? (filters[0] as Filter) : { type: 'and', filters };
  }

  #part(): Filter {
    if (!this.#isWord('not')) return this.#condition();
    return this.#nested(() => {
      this.#next++;
      return { type: 'not', filter: this.#part() };
    });
  }

  #condition(): Filter {
    if (this.#isSign('('))
      return this.#nested(() => {
        this.#next++;
        const filter = this.#filter();
        this.#need(')', '"and", "or" or ")"');
        return filter;
      });
    const token = this.#token;
    const call = token.type === 'word' && this.#tokens[this.#next + 1]?.text === '(' ? token.text : '';
    switch (call.toLowerCase()) {
      case 'exists': {
        this.#next += 2;
        const field = this.#field();
        this.#need(')', '")"');
        return { type: 'exists', field };
      }
      case 'all':
        return { type: 'and', filters: this.#nested(() => this.#list()) };
      case 'any':
        return { type: 'or', filters: this.#nested(() => this.#list()) };
      default:
        return this.#comparison(this.#field());
    }
  }

  /** Behind `all` or `any`. */
  #list(): Filter[] {
    this.#next += 2;
    if (this.#takeSign(')')) return [];
    const filters = [this.#filter()];
    while (this.#takeSign(',')) filters.push(this.#filter());
    this.#need(')', '"," or ")"');
    return filters;
  }

  #comparison(field: string): Filter {
    const token = this.#token;
    if (token.type === 'sign' && ['=', '!=', '>', '>=', '<', '<='].includes(token.text)) {
      this.#next++;
      return compared(field, token.text as Comparison, this.#value());
    }
    if (this.#isWord('not') || this.#isWord('in')) {
      const isNot = this.#takeWord('not');
      if (!this.#takeWord('in')) throw this.#expected('"in"');
      const filter: Filter = { type: 'in', field, values: this.#values() };
      return isNot ? { type: 'not', filter } : filter;
    }
    const next = this.#tokens[this.#next + 1];
    if (next?.type === 'sign' && next.text.includes('..')) return this.#range(field);
    throw this.#expected('a comparison: =, !=, >, >=, <, <=, in (…), not in (…), or a range as 10..20');
  }

  #range(field: string): Filter {
    const from = this.#value();
    const sign = this.#token.text;
    this.#next++;
    const to = this.#value();
    const lower = lowerEnd(from, !sign.startsWith('<'));
    const upper = upperEnd(to, !sign.endsWith('<'));
    if (typeof lower.value !== typeof upper.value)
      throw filterFault(to.at, 'both ends of a range are numbers, or both are times');
    return { type: 'range', field, lower, upper };
  }

  #values(): FilterValue[] {
    this.#need('(', '"(" and the values');
    const values: FilterValue[] = [];
    do {
      const value = this.#value();
      if (value.type === 'day')
        throw filterFault(value.at, 'a list has no whole days: write a time, or a range of days');
      values.push(value.value);
      if (values.length > filterLimits.valuesMax)
        throw filterFault(value.at, `one value too many: at most ${filterLimits.valuesMax} in a list`);
    } while (this.#takeSign(','));
    this.#need(')', '"," or ")"');
    return values;
  }

  #value(): WrittenValue {
    const token = this.#token;
    const { at, text } = token;
    if (token.type === 'text') {
      this.#next++;
      return { type: 'value', value: text, at };
    }
    if (token.type !== 'word') throw this.#expected('a value');
    if (filterKeywords.includes(text.toLowerCase()))
      throw this.#expected(`a value: as a text, ${JSON.stringify(text)} needs its quotes`);
    const word = readFilterWord(text);
    if (word.type === 'fault') throw filterFault(at, `expected ${word.expected}`);
    this.#next++;
    if (word.type === 'day')
      return { type: 'day', start: { timeMs: word.startMs }, end: { timeMs: word.endMs }, at };
    return { type: 'value', value: word.type === 'time' ? { timeMs: word.timeMs } : word.value, at };
  }

  #field(): string {
    const token = this.#token;
    if (token.type === 'name' || (token.type === 'word' && isPlainName(token.text))) {
      this.#next++;
      return token.text;
    }
    throw this.#expected(
      token.type === 'word'
        ? 'the name of a field: one that is no plain word stands in backticks'
        : 'the name of a field, "not", "exists(…)" or "("',
    );
  }

  #nested<T>(read: () => T): T {
    this.#nesting++;
    if (this.#nesting > nestingMax)
      throw filterFault(this.#token.at, `nested too deep: at most ${nestingMax} levels`);
    const result = read();
    this.#nesting--;
    return result;
  }

  #isWord(word: string): boolean {
    return this.#token.type === 'word' && this.#token.text.toLowerCase() === word;
  }

  #isSign(sign: string): boolean {
    return this.#token.type === 'sign' && this.#token.text === sign;
  }

  #takeWord(word: string): boolean {
    const isThere = this.#isWord(word);
    if (isThere) this.#next++;
    return isThere;
  }

  #takeSign(sign: string): boolean {
    const isThere = this.#isSign(sign);
    if (isThere) this.#next++;
    return isThere;
  }

  #need(sign: string, expected: string): void {
    if (!this.#takeSign(sign)) throw this.#expected(expected);
  }

  #expected(what: string): Error {
    const { type, text, at } = this.#token;
    const found = type === 'end' ? 'the end' : JSON.stringify(text.slice(0, 40));
    return filterFault(at, `expected ${what}, found ${found}`);
  }
}
