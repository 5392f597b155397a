// DocumentService.

import { fromFault, KmsError } from '../base/errors.ts';
import type { DocumentKey } from '../model/document.ts';
import { limits } from '../model/limits.ts';
import type { CallOptions, EngineApi } from '../pipeline/engine-api.ts';
import { fillPage } from './fill-page.ts';
import type { BatchUpsertDocumentsRequest__Output } from './generated/kms/v1/BatchUpsertDocumentsRequest.ts';
import type { BatchUpsertDocumentsResponse } from './generated/kms/v1/BatchUpsertDocumentsResponse.ts';
import type { DeleteDocumentRequest__Output } from './generated/kms/v1/DeleteDocumentRequest.ts';
import type { DeleteDocumentResponse } from './generated/kms/v1/DeleteDocumentResponse.ts';
import type { DocumentServiceDefinition } from './generated/kms/v1/DocumentService.ts';
import type { GetDocumentRequest__Output } from './generated/kms/v1/GetDocumentRequest.ts';
import type { GetDocumentResponse } from './generated/kms/v1/GetDocumentResponse.ts';
import type { ListDocumentsRequest__Output } from './generated/kms/v1/ListDocumentsRequest.ts';
import type { ListDocumentsResponse } from './generated/kms/v1/ListDocumentsResponse.ts';
import type { UpsertDocumentRequest__Output } from './generated/kms/v1/UpsertDocumentRequest.ts';
import type { UpsertDocumentResponse } from './generated/kms/v1/UpsertDocumentResponse.ts';
import { ingestDocuments } from './ingest-documents.ts';
import { tooManyDocuments } from './ingest-handlers.ts';
import type { InputFaults } from './input-faults.ts';
import { PageTokens, scopeOf } from './page-token.ts';
import { dimensionsIn, type RpcHost } from './rpc-host.ts';
import { type UnaryAnswer, unaryHandler } from './unary-handler.ts';
import { documentBytes, documentToWire } from './wire-answer.ts';
import { collectionFromWire, countFromWire, documentKeyFromWire } from './wire-checks.ts';
import { documentFromWire, documentsFromWire } from './wire-document.ts';
import { filterFromWire } from './wire-filter.ts';

const pageTokens = new PageTokens('ListDocuments', 'collection or filter');

export function documentHandlers(host: RpcHost): Record<keyof DocumentServiceDefinition, unknown> {
  const { engine } = host;
  const unary = <Request, Response>(answer: UnaryAnswer<Request, Response>) =>
    unaryHandler(host, { needsReady: true }, answer);
  const unaryWrite = <Request, Response>(answer: UnaryAnswer<Request, Response>) =>
    unaryHandler(host, { needsReady: true, needsRoom: true }, answer);
  return {
    GetDocument: unary<GetDocumentRequest__Output, GetDocumentResponse>(async (request, faults, options) => {
      const key = documentKeyFromWire(request, faults);
      faults.throwIfAny();
      const document = await engine.get(key, request.includeVectors, options);
      if (document === null) throw noSuchDocument(key);
      return { document: documentToWire(document, { omitBody: false }) };
    }),
    ListDocuments: unary<ListDocumentsRequest__Output, ListDocumentsResponse>((request, faults, options) =>
      listDocuments(engine, request, faults, options),
    ),
    UpsertDocument: unaryWrite<UpsertDocumentRequest__Output, UpsertDocumentResponse>(
      (request, faults, options) => upsertDocument(host, request, faults, options),
    ),
    BatchUpsertDocuments: unaryWrite<BatchUpsertDocumentsRequest__Output, BatchUpsertDocumentsResponse>(
      async ({ documents }, faults, options) => {
        if (documents.length > limits.documentsPerMessageMax) throw tooManyDocuments(documents.length);
        if (documents.length === 0) faults.add('documents', 'is empty: 1 to 1000 documents');
        if (documents.length === 0) faults.throwIfAny();
        const checked = documentsFromWire(documents, dimensionsIn(engine), faults);
        return { results: await ingestDocuments(host, checked, options) };
      },
    ),
    DeleteDocument: unary<DeleteDocumentRequest__Output, DeleteDocumentResponse>(
      async (request, faults, options) => {
        const key = documentKeyFromWire(request, faults);
        faults.throwIfAny();
        const [commitSequence] = await engine.delete([key], options);
        if (typeof commitSequence === 'number') return { commitSequence };
        if (request.allowMissing) return { commitSequence: 0 };
        throw noSuchDocument(key);
      },
    ),
  };
}

function noSuchDocument({ collection, id }: DocumentKey): KmsError {
  return new KmsError('not_found', 'no such document', { facts: { collection, id } });
}

async function upsertDocument(
  { engine, metrics }: RpcHost,
  { document: wire }: UpsertDocumentRequest__Output,
  faults: InputFaults,
  options: CallOptions,
): Promise<UpsertDocumentResponse> {
  if (wire === null) {
    faults.add('document', 'is not set');
    throw faults.toError();
  }
  const document = documentFromWire(wire, 'document', dimensionsIn(engine), faults);
  if (!faults.isEmpty) metrics.documentsRefused(1);
  faults.throwIfAny();
  const [result] = await engine.ingest([document], options);
  if (result === undefined) throw new KmsError('internal', 'no result for the document');
  if (result.outcome === 'rejected') throw fromFault(result.fault);
  const outcome = result.outcome === 'indexed' ? 'OUTCOME_INDEXED' : 'OUTCOME_UNCHANGED';
  return { outcome, commitSequence: result.commitSequence };
}

async function listDocuments(
  engine: EngineApi,
  request: ListDocumentsRequest__Output,
  faults: InputFaults,
  options: CallOptions,
): Promise<ListDocumentsResponse> {
  const collection = collectionFromWire(request.collection, 'collection', faults);
  const bounds = { max: limits.pageSizeMax, default: limits.pageSizeDefault };
  const pageSize = countFromWire<number>(request.pageSize, bounds, 'page_size', faults);
  const filter = filterFromWire(request.filter, 'filter', faults);
  const scope = filter === null ? collection : scopeOf({ collection, filter });
  const startId = pageTokens.decode(request.pageToken, scope, faults);
  faults.throwIfAny();

  const { omitBody } = request;
  const { items, lastId } = await fillPage({
    pageSize,
    startId,
    read: async (afterId, limit) => {
      const page = await engine.list({ collection, afterId, limit, omitBody, filter }, options);
      return { entries: page.documents, lastId: page.lastId };
    },
    bytesOf: (document) => documentBytes(document, { omitBody }),
  });
  return {
    documents: items.map((document) => documentToWire(document, { omitBody })),
    nextPageToken: lastId === null ? '' : pageTokens.encode(scope, lastId),
  };
}
