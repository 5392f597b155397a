// The requests of a load, by kind: each a function that sends one and resolves when it is answered.

import { readFileSync } from 'node:fs';
import type { KmsClient } from '../../src/grpc/client.ts';
import { randomFrom, wholeBetween } from '../../test/support/random.ts';
import { benchTexts } from '../bench-data.ts';
import type { LoadOptions, RequestKind } from './load-options.ts';
import { streamedSearches } from './streamed-searches.ts';

export type SendRequest = () => Promise<unknown>;

/** A text repeats after so many: far more than a load sends, so no cache of query embeddings shortens the work. */
const textsMax = 20_000;
const wordsPerText = 14;
const timeoutMs = 30_000;

/** One of each kind of the mix; `texts` and vectors are made here, before the clock runs. */
export function requestsOf(client: KmsClient, options: LoadOptions): Map<RequestKind, SendRequest> {
  const { limit, ef, documents, seed } = options;
  const random = randomFrom(seed);
  const vector =
    options.mix.has('vector') || options.mix.has('stream') ? vectorsFrom(options) : () => Buffer.alloc(0);
  const text = options.mix.has('text') || options.mix.has('hybrid') ? textsFrom(seed) : () => '';
  const call = { timeoutMs };
  const makers: Readonly<Record<RequestKind, () => SendRequest>> = {
    vector: () => () => client.search({ vector: vector(), limit, ef }, call),
    text: () => () => client.search({ text: text(), mode: 'SEARCH_MODE_SEMANTIC', limit, ef }, call),
    hybrid: () => () => client.search({ text: text(), limit, ef }, call),
    stream: () => {
      const { search } = streamedSearches(client);
      return () => search({ vector: vector(), limit, ef });
    },
    get: () => () => client.getDocument({ id: `v-${wholeBetween(random, 0, documents - 1)}` }, call),
    health: () => () => client.checkHealth({ service: '' }, call),
  };
  return new Map([...options.mix.keys()].map((kind) => [kind, makers[kind]()]));
}

function vectorsFrom({ queriesPath, dimensions }: LoadOptions): () => Buffer {
  if (queriesPath === '') throw new Error('--queries: needed by vector and stream');
  const bytes = readFileSync(queriesPath);
  const rowBytes = dimensions * 4;
  const rows = Math.floor(bytes.length / rowBytes);
  if (rows === 0) throw new Error(`${queriesPath}: holds no vector of ${dimensions}`);
  let next = 0;
  return () => {
    const start = (next++ % rows) * rowBytes;
    return bytes.subarray(start, start + rowBytes);
  };
}

function textsFrom(seed: number): () => string {
  const texts = benchTexts(textsMax, seed).map((text) => text.split(' ').slice(0, wordsPerText).join(' '));
  let next = 0;
  return () => texts[next++ % texts.length] as string;
}
