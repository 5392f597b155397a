// Turns a query and a text into the one sequence that a cross-encoder reads: [CLS] query [SEP] text [SEP] for BERT, other
// signs for others. What is put around and between them is what the model's own tokenizer puts there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { KmsError } from '../../base/errors.ts';
import type { CrossEncoderFolder } from './cross-encoder-folder.ts';

export interface TokenPair {
  readonly ids: readonly number[];
  /** Index-aligned with `ids`: which of the two a token belongs to. */
  readonly typeIds: readonly number[];
}

/** English has some five characters a token; so many more than a model reads are cut off before they cost anything. */
const charactersPerTokenMax = 16;

/** A part of the sequence that is always the same. */
interface SpecialTokens {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

interface PairTemplate {
  readonly before: SpecialTokens;
  readonly between: SpecialTokens;
  readonly after: SpecialTokens;
  readonly queryTypeId: number;
  readonly textTypeId: number;
}

export class PairTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #template: PairTemplate;
  /** Tokens that are left for query and text. */
  readonly #roomMax: number;
  readonly #charactersMax: number;
  /** The texts of one search come one after the other, with the same query. */
  #lastQuery: { readonly query: string; readonly ids: readonly number[] } | null = null;

  /** Throws `invalid_argument` for a tokenizer that cannot be read or makes no pairs. */
  constructor({ folder, tokensMax }: Pick<CrossEncoderFolder, 'folder' | 'tokensMax'>) {
    this.#tokenizer = openTokenizer(folder);
    this.#template = templateOf(this.#tokenizer, join(folder, 'tokenizer.json'));
    const { before, between, after } = this.#template;
    this.#roomMax = tokensMax - before.ids.length - between.ids.length - after.ids.length;
    this.#charactersMax = charactersPerTokenMax * tokensMax;
  }

  /** What is too long loses its end: the query when it takes more than half of the room, the text when it exceeds the rest. */
  encode(query: string, text: string): TokenPair {
    const { before, between, after, queryTypeId, textTypeId } = this.#template;
    const queryIds = this.#queryIds(query);
    const textIds = bareIds(this.#tokenizer, this.#cut(text)).slice(0, this.#roomMax - queryIds.length);
    return {
      ids: [...before.ids, ...queryIds, ...between.ids, ...textIds, ...after.ids],
      typeIds: [
        ...before.typeIds,
        ...queryIds.map(() => queryTypeId),
        ...between.typeIds,
        ...textIds.map(() => textTypeId),
        ...after.typeIds,
      ],
    };
  }

  #queryIds(query: string): readonly number[] {
    if (this.#lastQuery?.query === query) return this.#lastQuery.ids;
    const ids = bareIds(this.#tokenizer, this.#cut(query)).slice(0, Math.floor(this.#roomMax / 2));
    this.#lastQuery = { query, ids };
    return ids;
  }

  #cut(text: string): string {
    return text.length > this.#charactersMax ? text.slice(0, this.#charactersMax) : text;
  }
}

function openTokenizer(folder: string): Tokenizer {
  const path = join(folder, 'tokenizer.json');
  const configPath = join(folder, 'tokenizer_config.json');
  try {
    const json = readJson(path);
    const config = existsSync(configPath) ? readJson(configPath) : {};
    // Files often ship cutting and padding to one length; cutting is done here, and one pair a run needs no padding.
    return new Tokenizer({ ...json, truncation: null, padding: null }, config);
  } catch (cause) {
    throw new KmsError('invalid_argument', `${path} must be a tokenizer: ${String(cause)}`, { cause });
  }
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

function bareIds(tokenizer: Tokenizer, text: string): readonly number[] {
  return text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
}

/** Learnt from a pair of one letter each. */
function templateOf(tokenizer: Tokenizer, path: string): PairTemplate {
  const probe = 'a';
  const bare = bareIds(tokenizer, probe);
  const { ids, token_type_ids: given } = tokenizer.encode(probe, {
    text_pair: probe,
    return_token_type_ids: true,
  });
  const typeIds: readonly number[] = given ?? [];
  const queryStart = placeOf(bare, ids, 0);
  const queryEnd = queryStart + bare.length;
  const textStart = queryStart < 0 ? -1 : placeOf(bare, ids, queryEnd);
  if (bare.length === 0 || textStart <= queryEnd || typeIds.length !== ids.length) {
    throw new KmsError(
      'invalid_argument',
      `${path} must say how a pair of texts is put together (post_processor with a template for pairs): this one is no cross-encoder's`,
    );
  }
  const textEnd = textStart + bare.length;
  const special = (start: number, end: number): SpecialTokens => ({
    ids: ids.slice(start, end),
    typeIds: typeIds.slice(start, end),
  });
  return {
    before: special(0, queryStart),
    between: special(queryEnd, textStart),
    after: special(textEnd, ids.length),
    queryTypeId: typeIds[queryStart] ?? 0,
    textTypeId: typeIds[textStart] ?? 0,
  };
}

/** Where `part` stands in `ids` at or after `from`; -1: nowhere. */
function placeOf(part: readonly number[], ids: readonly number[], from: number): number {
  for (let at = from; at + part.length <= ids.length; at++) {
    if (part.every((id, offset) => ids[at + offset] === id)) return at;
  }
  return -1;
}
