// IngestService.

import { type KmsError, toFault } from '../base/errors.ts';
import { limits } from '../model/limits.ts';
import type { CallOptions } from '../pipeline/engine-api.ts';
import type { IngestRequest__Output } from './generated/kms/v1/IngestRequest.ts';
import type { IngestResponse } from './generated/kms/v1/IngestResponse.ts';
import type { IngestServiceDefinition } from './generated/kms/v1/IngestService.ts';
import { ingestDocuments } from './ingest-documents.ts';
import { InputFaults } from './input-faults.ts';
import type { Received } from './received.ts';
import { dimensionsIn, type RpcHost } from './rpc-host.ts';
import { toWireError } from './status.ts';
import { streamHandler } from './stream-handler.ts';
import { documentsFromWire } from './wire-document.ts';

const bytesMax = 2 * limits.messageBytesMax;

export function ingestHandlers(host: RpcHost): Record<keyof IngestServiceDefinition, unknown> {
  const Ingest = streamHandler<IngestRequest__Output, IngestResponse>(host, {
    messagesMax: host.ingestStreamMessages,
    bytesMax,
    order: 'request',
    answer: (request, options) => ingest(host, request, options),
  });
  return { Ingest };
}

async function ingest(
  host: RpcHost,
  { message, fault, violations }: Received<IngestRequest__Output>,
  options: CallOptions,
): Promise<IngestResponse> {
  if (message === null) throw fault;
  const { sequence, documents } = message;
  if (documents.length > limits.documentsPerMessageMax) {
    return { sequence, error: toWireError(toFault(tooManyDocuments(documents.length))) };
  }
  const checked = documentsFromWire(documents, dimensionsIn(host.engine), new InputFaults(violations));
  return { sequence, results: await ingestDocuments(host, checked, options) };
}

/** For every message that holds a batch of documents. */
export function tooManyDocuments(count: number): KmsError {
  const faults = new InputFaults();
  faults.add('documents', `has ${count} documents: at most ${limits.documentsPerMessageMax}`);
  return faults.toError();
}
