// Checked documents through the engine: shared by Ingest and BatchUpsertDocuments.

import { assert } from '../base/assert.ts';
import type { Fault } from '../base/errors.ts';
import type { Document } from '../model/document.ts';
import type { CallOptions } from '../pipeline/engine-api.ts';
import type { DocumentResult } from './generated/kms/v1/DocumentResult.ts';
import type { RpcHost } from './rpc-host.ts';
import { resultToWire } from './wire-answer.ts';
import type { CheckedDocument } from './wire-document.ts';

/** Ingests the documents that are fit and puts every result in its place; index-aligned. Rejects as EngineApi.ingest. */
export async function ingestDocuments(
  { engine, metrics, log }: Pick<RpcHost, 'engine' | 'metrics' | 'log'>,
  checked: readonly CheckedDocument[],
  options: CallOptions,
): Promise<DocumentResult[]> {
  const documents: Document[] = [];
  for (const item of checked) if (item.status === 'ok') documents.push(item.document);
  const results = documents.length === 0 ? [] : await engine.ingest(documents, options);
  assert(results.length === documents.length, 'one result a document');
  const refused = checked.length - documents.length;
  if (refused > 0) {
    metrics.documentsRefused(refused);
    log.debug({ refused, of: checked.length, code: firstFault(checked)?.code }, 'documents refused');
  }
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

function firstFault(checked: readonly CheckedDocument[]): Fault | null {
  for (const item of checked) if (item.status !== 'ok') return item.fault;
  return null;
}
