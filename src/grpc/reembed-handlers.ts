// ReembedService.

import type { DropGenerationRequest__Output } from './generated/kms/v1/DropGenerationRequest.ts';
import type { DropGenerationResponse } from './generated/kms/v1/DropGenerationResponse.ts';
import type { EstimateReembedRequest__Output } from './generated/kms/v1/EstimateReembedRequest.ts';
import type { EstimateReembedResponse } from './generated/kms/v1/EstimateReembedResponse.ts';
import type { GetReembedRequest__Output } from './generated/kms/v1/GetReembedRequest.ts';
import type { GetReembedResponse } from './generated/kms/v1/GetReembedResponse.ts';
import type { ReembedServiceDefinition } from './generated/kms/v1/ReembedService.ts';
import type { RollbackReembedRequest__Output } from './generated/kms/v1/RollbackReembedRequest.ts';
import type { RollbackReembedResponse } from './generated/kms/v1/RollbackReembedResponse.ts';
import type { StartReembedRequest__Output } from './generated/kms/v1/StartReembedRequest.ts';
import type { StartReembedResponse } from './generated/kms/v1/StartReembedResponse.ts';
import type { SwitchReembedRequest__Output } from './generated/kms/v1/SwitchReembedRequest.ts';
import type { SwitchReembedResponse } from './generated/kms/v1/SwitchReembedResponse.ts';
import type { InputFaults } from './input-faults.ts';
import type { RpcHost } from './rpc-host.ts';
import { type UnaryAnswer, unaryHandler } from './unary-handler.ts';
import { collectionFromWire } from './wire-checks.ts';
import { estimateToWire, modelFromWire, reembedToWire } from './wire-reembed.ts';

export function reembedHandlers(host: RpcHost): Record<keyof ReembedServiceDefinition, unknown> {
  const { engine } = host;
  const unary = <Request, Response>(answer: UnaryAnswer<Request, Response>) =>
    unaryHandler(host, { needsReady: true }, answer);
  return {
    EstimateReembed: unary<EstimateReembedRequest__Output, EstimateReembedResponse>(
      async (request, faults, options) => {
        const model = modelFromWire(request.model, faults);
        const estimate = await engine.reembed.estimate(collectionOf(request, faults), model, options);
        return estimateToWire(estimate);
      },
    ),
    StartReembed: unary<StartReembedRequest__Output, StartReembedResponse>(async (request, faults) => {
      const model = modelFromWire(request.model, faults);
      return { reembed: reembedToWire(await engine.reembed.start(collectionOf(request, faults), model)) };
    }),
    GetReembed: unary<GetReembedRequest__Output, GetReembedResponse>(async (request, faults, options) => {
      const collection = collectionOf(request, faults);
      const status = request.compare
        ? await engine.reembed.compare(collection, options)
        : engine.reembed.status(collection);
      return { reembed: reembedToWire(status) };
    }),
    SwitchReembed: unary<SwitchReembedRequest__Output, SwitchReembedResponse>(async (request, faults) => ({
      reembed: reembedToWire(await engine.reembed.switch(collectionOf(request, faults), request)),
    })),
    RollbackReembed: unary<RollbackReembedRequest__Output, RollbackReembedResponse>(
      async (request, faults) => ({
        reembed: reembedToWire(await engine.reembed.rollback(collectionOf(request, faults), request)),
      }),
    ),
    DropGeneration: unary<DropGenerationRequest__Output, DropGenerationResponse>(async (request, faults) => ({
      reembed: reembedToWire(await engine.reembed.drop(collectionOf(request, faults))),
    })),
  };
}

/** Throws all faults of the request together, the model's among them. */
function collectionOf({ collection }: { readonly collection: string }, faults: InputFaults): string {
  const name = collectionFromWire(collection, 'collection', faults);
  faults.throwIfAny();
  return name;
}
