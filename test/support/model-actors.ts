// The four actors as a simple model in this thread: a map for the store, letters for meaning. For tests of the flows,
// which care about what is asked of whom and in what order, never about quality.

import type { ActorRef, AskOptions, TasksOf } from '../../src/actor/actor.ts';
import { KmsError } from '../../src/base/errors.ts';
import { analyzeDocument } from '../../src/lexical/analyze-text.ts';
import type { CleanTasks } from '../../src/stages/clean/clean-messages.ts';
import type { EmbedTasks } from '../../src/stages/embed/embed-messages.ts';
import type { ExtractTasks } from '../../src/stages/extract/extract-messages.ts';
import type { CommitItem, CommitReceipt, IndexTasks } from '../../src/stages/index/index-messages.ts';

export const modelDimensions = 4;

type Handlers<T extends TasksOf<T>> = {
  [K in keyof T]?: (request: T[K]['request']) => T[K]['reply'] | Promise<T[K]['reply']>;
};

/** An ActorRef over plain functions; `calls` lists the tasks that were asked. */
export function modelActor<T extends TasksOf<T>>(name: string, handlers: Handlers<T>) {
  const calls: { task: string; request: unknown; options: AskOptions | undefined }[] = [];
  const ref: ActorRef<T> = {
    name,
    ask: async (task, request, options) => {
      calls.push({ task, request, options });
      if (options?.signal?.aborted === true) throw new KmsError('cancelled', 'the caller has gone');
      const handler = handlers[task];
      if (handler === undefined) throw new Error(`the model of ${name} has no task ${task}`);
      return handler(structuredClone(request));
    },
  };
  return { ref, calls };
}

/** A vector of unit length that depends on the text alone. */
export function modelVector(text: string): Float32Array {
  const vector = new Float32Array(modelDimensions).fill(0.01);
  for (let i = 0; i < text.length; i++) {
    const at = i % modelDimensions;
    vector[at] = (vector[at] ?? 0) + text.charCodeAt(i);
  }
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

interface ModelRow {
  readonly item: CommitItem;
  readonly commitSequence: number;
}

export function modelStages(overrides: { embed?: Handlers<EmbedTasks>; shard?: Handlers<IndexTasks> } = {}) {
  const rows = new Map<string, ModelRow>();
  let sequence = 0;
  const keyOf = (key: { collection: string; id: string }) => `${key.collection}/${key.id}`;
  const extract = modelActor<ExtractTasks>('extract', {
    extract: ({ documents }) => ({
      items: documents.map((document) => {
        const { title, body: text } = document;
        const violation = { field: 'body', description: 'must not be empty' };
        const fault = {
          code: 'invalid_argument',
          message: 'empty',
          violations: [violation],
          facts: {},
        } as const;
        if (text === '') return { status: 'failed', fault };
        const contentHash = JSON.stringify([title, text]);
        return {
          status: 'ok',
          title,
          text,
          contentHash,
          attributesHash: JSON.stringify(document.attributes),
        };
      }),
    }),
  });
  const clean = modelActor<CleanTasks>('clean', {
    clean: ({ items }) => ({
      items: items.map(({ title, text, isChunked }) => {
        const parts = isChunked ? text.split('|') : [text];
        let start = 0;
        const chunks = parts.map((embedText) => {
          const end = start + embedText.length;
          const chunk = { start, end, embedText };
          start = end + 1;
          return chunk;
        });
        return { status: 'ok', text, titleLength: 0, lexical: analyzeDocument(title, text), chunks };
      }),
    }),
  });
  const embed = modelActor<EmbedTasks>('embed', {
    embed: ({ texts }) => {
      const vectors = new Float32Array(texts.length * modelDimensions);
      for (const [i, text] of texts.entries()) vectors.set(modelVector(text), i * modelDimensions);
      return { vectors, cacheHits: 0, tokens: texts.length, failures: [] };
    },
    ...overrides.embed,
  });
  const shard = modelActor<IndexTasks>('index-0', {
    compare: ({ items }) => ({
      verdicts: items.map((item) => {
        const row = rows.get(keyOf(item));
        if (row?.item.contentHash !== item.contentHash) return { type: 'changed' };
        if (row.item.attributesHash !== item.attributesHash) return { type: 'attributes_changed' };
        return { type: 'unchanged', commitSequence: row.commitSequence };
      }),
    }),
    commit: ({ items }) => ({
      receipts: items.map((item): CommitReceipt => {
        const row = rows.get(keyOf(item));
        const { contentHash, attributesHash } = item;
        if (row?.item.contentHash === contentHash && row.item.attributesHash === attributesHash)
          return { type: 'identical', commitSequence: row.commitSequence };
        if (item.content === null && row?.item.contentHash !== item.contentHash) return { type: 'stale' };
        sequence += 1;
        rows.set(keyOf(item), { item, commitSequence: sequence });
        return { type: 'written', commitSequence: sequence };
      }),
    }),
    delete: ({ keys }) => ({
      commitSequences: keys.map((key) => (rows.delete(keyOf(key)) ? ++sequence : null)),
    }),
    ...overrides.shard,
  });
  return { extract, clean, embed, shard, rows };
}
