// What a query's text says: its operators become conditions, and what remains is cleaned as documents are. Only where a
// text looks as if it named fields are the shards asked which of them there are.

import { KmsError } from '../../base/errors.ts';
import { analyzeQuery } from '../../lexical/analyze-query.ts';
import type { AnalyzedQuery } from '../../lexical/analyzed-text.ts';
import type { Filter } from '../../model/filter.ts';
import type { SearchMode, SearchQuery } from '../../model/query.ts';
import { cleanQuery } from '../../stages/clean/clean-text.ts';
import type { Constraint } from '../../stages/index/index-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import { filterOfFields } from '../understanding/field-filter.ts';
import { namedFields, type ParsedQuery, parseOperators } from '../understanding/parse-operators.ts';
import { wordConstraintOf } from '../understanding/word-constraint.ts';
import type { ShardPanel } from './shard-panel.ts';

export interface ReadQuery {
  readonly query: SearchQuery;
  /** Without its operators, as it was written; empty: it is no text that is looked for. */
  readonly written: string;
  /** The same, cleaned; null: it is no text that is looked for. */
  readonly text: string | null;
  /** Semantic for whatever is no text. */
  readonly mode: SearchMode;
  /** Null in mode semantic. */
  readonly analyzed: AnalyzedQuery | null;
  /** What every hit must pass; null: nothing. */
  readonly constraint: Constraint | null;
  /** For the explanation. */
  readonly phrases: readonly string[];
  readonly excluded: readonly string[];
  /** `field:value` of the text, joined with the query's own filter. */
  readonly filter: Filter | null;
}

const noOperators: Omit<ParsedQuery, 'text'> = { phrases: [], excluded: [], excludedPhrases: [], fields: [] };

const noConditions = { constraint: null, phrases: [], excluded: [], filter: null };

/** Throws `invalid_argument` for a text of which nothing is left to look for. */
export async function readQuery(
  query: SearchQuery,
  panel: ShardPanel,
  call: CallOptions,
): Promise<ReadQuery> {
  const { target, mode } = query;
  if (target.type !== 'text') return readWithoutText(query);
  const fields = await existingFields(query, target.text, panel, call);
  const parsed = parseOperators(target.text, query.syntax, fields);
  const text = cleanQuery(parsed.text);
  if (text === '') throw nothingToLookFor();
  const analyzed = mode === 'semantic' ? null : analyzeQuery(text);
  return { query, written: parsed.text, text, mode, analyzed, ...conditionsOf(query, parsed) };
}

/** A query that is no text: there is nothing to be read, and nothing to wait for. */
export function readWithoutText(query: SearchQuery): ReadQuery {
  const { constraint, phrases, excluded, filter } = conditionsOf(query, noOperators);
  const mode = 'semantic';
  return { query, written: '', text: null, mode, analyzed: null, constraint, phrases, excluded, filter };
}

async function existingFields(
  { collections, syntax }: SearchQuery,
  text: string,
  panel: ShardPanel,
  call: CallOptions,
): Promise<Set<string>> {
  const fields = namedFields(text, syntax);
  if (fields.length === 0) return new Set();
  const { fieldsExist } = await panel.describeTerms({ collections, terms: [], misspelt: [], fields }, call);
  return new Set(fields.filter((_, i) => fieldsExist[i] === true));
}

function conditionsOf(
  query: SearchQuery,
  parsed: Omit<ParsedQuery, 'text'>,
): Pick<ReadQuery, 'constraint' | 'phrases' | 'excluded' | 'filter'> {
  if (parsed === noOperators && query.filter === null) return noConditions;
  const { phrases, excluded, excludedPhrases, fields } = parsed;
  const filter = bothOf(query.filter, filterOfFields(fields));
  const hasWords = phrases.length + excluded.length + excludedPhrases.length > 0;
  const constraint: Constraint | null =
    filter === null && !hasWords ? null : { filter, ...wordConstraintOf(parsed) };
  return { constraint, phrases, excluded: [...excluded, ...excludedPhrases], filter };
}

function bothOf(a: Filter | null, b: Filter | null): Filter | null {
  if (a === null || b === null) return a ?? b;
  return { type: 'and', filters: [a, b] };
}

function nothingToLookFor(): KmsError {
  return new KmsError('invalid_argument', 'the query text holds nothing to search for', {
    violations: [
      { field: 'text', description: 'must hold at least one letter or digit beside its operators' },
    ],
  });
}
