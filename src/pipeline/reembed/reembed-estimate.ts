// What embedding a collection again would take: tokens counted from a sample with the other model's own tokenizer, and
// from them cost and time.

import type { Settings } from '../../config/settings.ts';
import type { ModelTokenizer } from '../../embedding/embedding-provider.ts';
import { openaiPrice } from '../../embedding/openai/openai-models.ts';
import type { StoredDocument } from '../../model/document.ts';
import type { EmbeddingSpec } from '../../model/embedding-spec.ts';

/** Tokens a second of one inference thread, all-MiniLM-L6-v2 on one core of 2023: 260 and 94 texts of 64 tokens. */
const minilmTokensPerSecond = { int8: 16_600, fp32: 6_000 } as const;
/** There is one thread: 6,000 texts of 64 tokens, nearly all of the time for cutting them into tokens. */
const staticTokensPerSecond = 400_000;
const specialTokens = 2;

/** Tokens of a stored document: its text once, and its title again for each further chunk. */
export function tokensOf(document: StoredDocument, tokenizer: ModelTokenizer): number {
  const title = tokenizer.countTokens(document.title);
  const body = tokenizer.countTokens(document.body);
  return body + document.chunkCount * (title + specialTokens);
}

/** US dollars; null where the price is not known. What runs on this machine costs nothing. */
export function costOf(spec: EmbeddingSpec, tokens: number, settings: Settings): number | null {
  if (spec.provider !== 'openai') return 0;
  const price = openaiPrice(spec.model, settings.embedPricePerMillionTokens);
  return price === 0 ? null : (tokens / 1e6) * price;
}

/** Null where nobody can tell. */
export function durationMsOf(spec: EmbeddingSpec, tokens: number, settings: Settings): number | null {
  switch (spec.provider) {
    case 'minilm':
      return (tokens / (minilmTokensPerSecond[spec.precision] * settings.embedThreadsMax)) * 1_000;
    case 'static':
      return (tokens / staticTokensPerSecond) * 1_000;
    case 'onnx':
      return null;
    case 'openai': {
      const { embedTokensPerMinute } = settings;
      return embedTokensPerMinute === 0 ? null : (tokens / embedTokensPerMinute) * 60_000;
    }
  }
}
