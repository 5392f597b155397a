// Text to token ids for the default model. The library tokenises a text whole; here it is asked one word at a time and
// its answers are kept: BERT's rules never look past a blank, so the ids are the same, and counting the tokens of
// overlapping pieces of one text, as the chunker does all day, costs a map look-up a word.

import { Tokenizer } from '@huggingface/tokenizers';
import { TwoGenerationCache } from '../../base/two-generation-cache.ts';
import type { ModelTokenizer } from '../embedding-provider.ts';
import { minilmTokenizerFile, readPinnedFile } from './minilm-files.ts';

/** The length the model was tuned and evaluated with; positions go to 512, quality does not. */
const tokensMax = 256;
/** About 100 bytes a word: 6 MB a thread. A support corpus has some 10,000 words that come again and again. */
const wordsCachedMax = 60_000;
/** A longer word is a path, a hash or base64: seldom seen twice. */
const wordCachedLengthMax = 48;
/** Every blank that BERT's clean-up keeps as a blank and that JavaScript and the library agree about. */
const blanks = /[ \t\n\r]+/;

/** Reads and checks tokenizer.json (0.5 MB, about 50 ms). Throws `data_loss` when it is not the pinned file. */
export function loadMiniLmTokenizer(): ModelTokenizer {
  const json = JSON.parse(readPinnedFile(minilmTokenizerFile).toString('utf8')) as Record<string, unknown>;
  // The file ships cutting and padding everything to 128 tokens, which would lose half of what the model can read.
  return new MiniLmTokenizer(new Tokenizer({ ...json, truncation: null, padding: null }, {}));
}

class MiniLmTokenizer implements ModelTokenizer {
  readonly tokensMax = tokensMax;
  readonly #tokenizer: Tokenizer;
  readonly #words = new TwoGenerationCache<string, readonly number[]>(wordsCachedMax);
  readonly #startId: number;
  readonly #endId: number;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    const [startId, endId] = tokenizer.encode('').ids;
    if (startId === undefined || endId === undefined) throw new Error('tokenizer adds no special tokens');
    this.#startId = startId;
    this.#endId = endId;
  }

  encode(text: string): number[] {
    const ids = [this.#startId];
    for (const word of wordsOf(text)) {
      for (const id of this.#idsOf(word)) {
        if (ids.length === tokensMax - 1) break;
        ids.push(id);
      }
      if (ids.length === tokensMax - 1) break;
    }
    ids.push(this.#endId);
    return ids;
  }

  countTokens(text: string): number {
    let tokens = 0;
    for (const word of wordsOf(text)) tokens += this.#idsOf(word).length;
    return tokens;
  }

  #idsOf(word: string): readonly number[] {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const { ids } = this.#tokenizer.encode(word, { add_special_tokens: false });
    if (word.length <= wordCachedLengthMax) this.#words.set(word, ids);
    return ids;
  }
}

function wordsOf(text: string): string[] {
  return text.split(blanks).filter((word) => word !== '');
}
