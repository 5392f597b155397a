// Checked documents through the engine: shared by Ingest and BatchUpsertDocuments.

import { assert } from '../base/assert.ts';
import type { Document } from '../model/document.ts';
import type { CallOptions, EngineApi } from '../pipeline/engine-api.ts';
import type { DocumentResult } from './generated/kms/v1/DocumentResult.ts';
import { resultToWire } from './wire-answer.ts';
import type { CheckedDocument } from './wire-document.ts';

/** Ingests the documents that are fit and puts every result in its place; index-aligned. Rejects as EngineApi.ingest. */
export async function ingestDocuments(
  engine: EngineApi,
  checked: readonly CheckedDocument[],
  options: CallOptions,
): Promise<DocumentResult[]> {
  const documents: Document[] = [];
  for (const item of checked) if (item.status === 'ok') documents.push(item.document);
  const results = documents.length === 0 ? [] : await engine.ingest(documents, options);
  assert(results.length === documents.length, 'one result a document');
  let next = 0;
  return checked.map((item) => {
    if (item.status === 'ok') {
      const result = results[next];
      next += 1;
      assert(result !== undefined, 'one result a document');
      return resultToWire(result, item.document.collection);
    }
    const { id, collection, fault } = item;
    return resultToWire({ outcome: 'rejected', id, fault }, collection);
  });
}
