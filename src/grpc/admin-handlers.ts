// AdminService.

import { limits } from '../model/limits.ts';
import type { DeadLettersApi } from '../pipeline/engine-api.ts';
import { reportHandlers } from './analytics-handlers.ts';
import { fillPage, sliceOf } from './fill-page.ts';
import type { AdminServiceDefinition } from './generated/kms/v1/AdminService.ts';
import type { CreateSnapshotRequest__Output } from './generated/kms/v1/CreateSnapshotRequest.ts';
import type { CreateSnapshotResponse } from './generated/kms/v1/CreateSnapshotResponse.ts';
import type { GetStatusRequest__Output } from './generated/kms/v1/GetStatusRequest.ts';
import type { GetStatusResponse } from './generated/kms/v1/GetStatusResponse.ts';
import type { ListDeadLettersRequest__Output } from './generated/kms/v1/ListDeadLettersRequest.ts';
import type { ListDeadLettersResponse } from './generated/kms/v1/ListDeadLettersResponse.ts';
import type { PurgeDeadLettersRequest__Output } from './generated/kms/v1/PurgeDeadLettersRequest.ts';
import type { PurgeDeadLettersResponse } from './generated/kms/v1/PurgeDeadLettersResponse.ts';
import type { RetryDeadLettersRequest__Output } from './generated/kms/v1/RetryDeadLettersRequest.ts';
import type { RetryDeadLettersResponse } from './generated/kms/v1/RetryDeadLettersResponse.ts';
import type { InputFaults } from './input-faults.ts';
import { PageTokens, scopeOf } from './page-token.ts';
import type { RpcHost } from './rpc-host.ts';
import { type UnaryAnswer, unaryHandler } from './unary-handler.ts';
import { countFromWire } from './wire-checks.ts';
import {
  chosenDeadLettersFromWire,
  deadLetterBytes,
  deadLetterFilterFromWire,
  deadLetterToWire,
  everyDeadLetter,
} from './wire-dead-letter.ts';
import { statusToWire } from './wire-status.ts';

const pageTokens = new PageTokens('ListDeadLetters', 'filter');

export function adminHandlers(host: RpcHost): Record<keyof AdminServiceDefinition, unknown> {
  const { engine } = host;
  const unary = <Request, Response>(answer: UnaryAnswer<Request, Response>) =>
    unaryHandler(host, { needsReady: true }, answer);
  return {
    // Answers while the engine starts, too: this is where a client sees how far the replay has come.
    GetStatus: unaryHandler<GetStatusRequest__Output, GetStatusResponse>(
      host,
      { needsReady: false },
      async () => {
        const deadLetters = engine.readiness.state === 'ready' ? engine.deadLetters.count() : 0;
        return { ...statusToWire(await engine.status()), deadLetters };
      },
    ),
    CreateSnapshot: unary<CreateSnapshotRequest__Output, CreateSnapshotResponse>(
      (_request, _faults, options) => engine.createSnapshot(options),
    ),
    ListDeadLetters: unary<ListDeadLettersRequest__Output, ListDeadLettersResponse>((request, faults) =>
      listDeadLetters(engine.deadLetters, request, faults),
    ),
    RetryDeadLetters: unary<RetryDeadLettersRequest__Output, RetryDeadLettersResponse>(
      async (request, faults, options) => {
        const filter = chosenDeadLettersFromWire(request, faults);
        faults.throwIfAny();
        return engine.deadLetters.retry(filter, options);
      },
    ),
    PurgeDeadLetters: unary<PurgeDeadLettersRequest__Output, PurgeDeadLettersResponse>(
      async (request, faults) => {
        const filter = chosenDeadLettersFromWire(request, faults);
        faults.throwIfAny();
        return { purged: await engine.deadLetters.purge(filter) };
      },
    ),
    ...reportHandlers(host),
  };
}

async function listDeadLetters(
  deadLetters: DeadLettersApi,
  request: ListDeadLettersRequest__Output,
  faults: InputFaults,
): Promise<ListDeadLettersResponse> {
  const bounds = { max: limits.pageSizeMax, default: limits.pageSizeDefault };
  const pageSize = countFromWire<number>(request.pageSize, bounds, 'page_size', faults);
  const filter = deadLetterFilterFromWire(request.filter, faults) ?? everyDeadLetter;
  const scope = scopeOf(filter);
  const startId = pageTokens.decode(request.pageToken, scope, faults);
  faults.throwIfAny();
  const options = { withPayload: request.includePayload };
  const { items, lastId } = await fillPage({
    pageSize,
    startId,
    read: (afterId, limit) => sliceOf(deadLetters.list(filter, { afterId, limit }), limit),
    bytesOf: (letter) => deadLetterBytes(letter, options),
  });
  return {
    deadLetters: items.map((letter) => deadLetterToWire(letter, options)),
    nextPageToken: lastId === null ? '' : pageTokens.encode(scope, lastId),
  };
}
