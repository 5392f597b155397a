// SearchService.

import { toFault } from '../base/errors.ts';
import { limits } from '../model/limits.ts';
import type { SearchQuery } from '../model/query.ts';
import type { CallOptions, EngineApi } from '../pipeline/engine-api.ts';
import { feedbackHandlers } from './analytics-handlers.ts';
import { encodeAnswer, encodeAnswers, encodeSimilar, encodeStreamed } from './encode-answer.ts';
import type { BatchSearchRequest__Output } from './generated/kms/v1/BatchSearchRequest.ts';
import type { FindSimilarRequest__Output } from './generated/kms/v1/FindSimilarRequest.ts';
import type { SearchRequest__Output } from './generated/kms/v1/SearchRequest.ts';
import type { SearchServiceDefinition } from './generated/kms/v1/SearchService.ts';
import type { SearchStreamRequest__Output } from './generated/kms/v1/SearchStreamRequest.ts';
import type { SearchStreamResponse } from './generated/kms/v1/SearchStreamResponse.ts';
import { InputFaults } from './input-faults.ts';
import type { EncodedMessage } from './message-writer.ts';
import type { Received } from './received.ts';
import { dimensionsIn, type RpcHost } from './rpc-host.ts';
import { logFault, toWireError } from './status.ts';
import { streamHandler } from './stream-handler.ts';
import { unaryHandler } from './unary-handler.ts';
import { checkBytes } from './wire-checks.ts';
import { findSimilarFromWire, searchFromWire } from './wire-query.ts';

/** Enough to hide the network's latency; documented in search_service.proto. */
const streamMessagesMax = 32;
/** As many full-size queries as may be under way, twice over for their other fields. */
const streamBytesMax = 2 * streamMessagesMax * limits.queryBytesMax;

export function searchHandlers(host: RpcHost): Record<keyof SearchServiceDefinition, unknown> {
  const { engine } = host;
  const needsReady = true;
  return {
    Search: unaryHandler<SearchRequest__Output, EncodedMessage>(
      host,
      { needsReady },
      async (request, faults, options) => {
        const query = queryOf(engine, request, '', faults);
        return encodeAnswer(await engine.search(query, options), request);
      },
    ),
    FindSimilar: unaryHandler<FindSimilarRequest__Output, EncodedMessage>(
      host,
      { needsReady },
      async (request, faults, options) => {
        const query = findSimilarFromWire(request, faults);
        faults.throwIfAny();
        return encodeSimilar(await engine.search(query, options), request);
      },
    ),
    BatchSearch: unaryHandler<BatchSearchRequest__Output, EncodedMessage>(
      host,
      { needsReady },
      (request, faults, options) => batchSearch(engine, request, faults, options),
    ),
    SearchStream: searchStream(host),
    ...feedbackHandlers(host),
  };
}

/** Throws what is wrong with the request. `path`: where it lies in the message. */
function queryOf(
  engine: EngineApi,
  request: SearchRequest__Output,
  path: string,
  faults: InputFaults,
): SearchQuery {
  const query = searchFromWire(request, path, dimensionsIn(engine), faults);
  faults.throwIfAny();
  return query;
}

async function batchSearch(
  engine: EngineApi,
  { requests }: BatchSearchRequest__Output,
  faults: InputFaults,
  options: CallOptions,
): Promise<EncodedMessage> {
  if (requests.length === 0 || requests.length > limits.queriesPerBatchMax) {
    faults.add('requests', `has ${requests.length} searches: 1 to ${limits.queriesPerBatchMax}`);
    throw faults.toError();
  }
  const dimensionsOf = dimensionsIn(engine);
  const queries = requests.map((request, index) =>
    searchFromWire(request, `requests[${index}]`, dimensionsOf, faults),
  );
  // The hits before a page have to be found and ordered, too.
  const hits = queries.reduce((sum, { offset, limit }) => sum + offset + limit, 0);
  if (hits > limits.hitsPerBatchMax) {
    faults.add('requests', `ask for ${hits} hits together: at most ${limits.hitsPerBatchMax}`);
  }
  faults.throwIfAny();
  return encodeAnswers(await engine.searchBatch(queries, options), requests);
}

function searchStream(host: RpcHost) {
  return streamHandler<SearchStreamRequest__Output, SearchStreamResponse | EncodedMessage>(host, {
    messagesMax: streamMessagesMax,
    bytesMax: streamBytesMax,
    order: 'completion',
    answer: (request, options) => answerStreamed(host, request, options),
  });
}

/** Rejects only for bytes that are no request: every other fault is an answer, and the stream goes on. */
async function answerStreamed(
  { engine, log }: RpcHost,
  { message, fault, violations }: Received<SearchStreamRequest__Output>,
  options: CallOptions,
): Promise<SearchStreamResponse | EncodedMessage> {
  if (message === null) throw fault;
  const faults = new InputFaults(violations);
  const { requestId, search: request } = message;
  checkBytes(requestId, limits.requestIdBytesMax, 'request_id', faults);
  const isIdAtFault = !faults.below('request_id').isEmpty;
  if (request === null) faults.add('search', 'is not set');
  try {
    if (request === null) throw faults.toError();
    const query = queryOf(engine, request, 'search', faults);
    return encodeStreamed(requestId, await engine.search(query, options), request);
  } catch (error) {
    logFault(log, 'SearchStream', error);
    return { requestId: isIdAtFault ? '' : requestId, error: toWireError(toFault(error)) };
  }
}
