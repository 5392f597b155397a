// Counts tokens as OpenAI's embedding models do (cl100k_base). Other services' models count differently; for limits and
// costs this is then an estimate, within some tenths for European languages.

import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base';
import type { ModelTokenizer } from '../embedding-provider.ts';
import { isKnownOpenAiModel } from './openai-models.ts';

/** What the API takes of one text. */
const textTokensMax = 8_191;
/** Chunks point at passages, so they stay far below that. Models of other services often read no more than 512. */
const chunkTokensMax = { known: 512, unknown: 256 } as const;
/** Special tokens in a text are text: nobody may inject them, and the service reads them so. */
const asText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

export interface OpenAiTokenizer extends ModelTokenizer {
  /** The text, or as much of its beginning as the API takes. */
  cut(text: string): { readonly text: string; readonly tokens: number };
}

export function loadOpenAiTokenizer(model: string): OpenAiTokenizer {
  const tokensMax = isKnownOpenAiModel(model) ? chunkTokensMax.known : chunkTokensMax.unknown;
  const encode = (text: string) => cl100k.encode(text, asText);
  return {
    tokensMax,
    encode: (text) => encode(text).slice(0, tokensMax),
    countTokens: (text) => cl100k.countTokens(text, asText),
    cut: (text) => {
      const ids = encode(text);
      if (ids.length <= textTokensMax) return { text, tokens: ids.length };
      return { text: cl100k.decode(ids.slice(0, textTokensMax)), tokens: textTokensMax };
    },
  };
}
