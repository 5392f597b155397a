// The tokenizer of a model folder. Unlike the default model's it is asked for whole texts: not every kind of tokenizer
// may be asked word by word.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { ModelTokenizer } from '../embedding-provider.ts';
import { readOnnxLayout } from './onnx-folder.ts';

export function loadOnnxTokenizer(folder: string): ModelTokenizer {
  const { tokensMax } = readOnnxLayout(folder);
  const json = readJson(join(folder, 'tokenizer.json'));
  const configPath = join(folder, 'tokenizer_config.json');
  const config = existsSync(configPath) ? readJson(configPath) : {};
  // Files often ship cutting and padding every text to one length; both are done where they belong.
  const tokenizer = new Tokenizer({ ...json, truncation: null, padding: null }, config);
  const bareIds = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const { before, after } = specialTokens(tokenizer);
  const roomMax = tokensMax - before.length - after.length;
  return {
    tokensMax,
    encode: (text) => [...before, ...bareIds(text).slice(0, roomMax), ...after],
    countTokens: (text) => bareIds(text).length,
  };
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** What the tokenizer puts before and after a text: `[CLS]` and `[SEP]`, `</s>` alone, or nothing. */
function specialTokens(tokenizer: Tokenizer): { readonly before: number[]; readonly after: number[] } {
  const probe = 'a';
  const ids: number[] = tokenizer.encode(probe).ids;
  const bare: number[] = tokenizer.encode(probe, { add_special_tokens: false }).ids;
  const start = ids.findIndex((_, at) => bare.every((id, offset) => ids[at + offset] === id));
  return { before: ids.slice(0, start), after: ids.slice(start + bare.length) };
}
