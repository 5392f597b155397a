// Moves between models: what is asked about them into the model, and how they stand to the wire.

import { limits } from '../model/limits.ts';
import type {
  GenerationComparison,
  ModelChoice,
  ReembedEstimate,
  ReembedStatus,
  ReembedState as State,
} from '../pipeline/engine-api.ts';
import type { EmbeddingModel__Output } from './generated/kms/v1/EmbeddingModel.ts';
import type { EstimateReembedResponse } from './generated/kms/v1/EstimateReembedResponse.ts';
import type { GenerationComparison as WireComparison } from './generated/kms/v1/GenerationComparison.ts';
import type { Reembed } from './generated/kms/v1/Reembed.ts';
import type { ReembedState } from './generated/kms/v1/ReembedState.ts';
import type { InputFaults } from './input-faults.ts';
import { toOperatorError } from './status.ts';
import { checkBytes } from './wire-checks.ts';
import { durationToWire } from './wire-status.ts';

const wireStates: Readonly<Record<State, ReembedState>> = {
  idle: 'REEMBED_STATE_IDLE',
  filling: 'REEMBED_STATE_FILLING',
  ready: 'REEMBED_STATE_READY',
  switched: 'REEMBED_STATE_SWITCHED',
  dropping: 'REEMBED_STATE_DROPPING',
};

/** Of use only when no fault was added. Which models there are is the engine's to say. */
export function modelFromWire(wire: EmbeddingModel__Output | null, faults: InputFaults): ModelChoice {
  if (wire === null) {
    faults.add('model', 'is not set');
    return { provider: '', model: '', dimensions: 0 };
  }
  checkBytes(wire.provider, limits.requestIdBytesMax, 'model.provider', faults);
  checkBytes(wire.model, limits.titleBytesMax, 'model.model', faults);
  return { provider: wire.provider, model: wire.model, dimensions: wire.dimensions };
}

export function estimateToWire(estimate: ReembedEstimate): EstimateReembedResponse {
  const { costDollars, durationMs, ...counts } = estimate;
  return {
    ...counts,
    ...(costDollars === null ? {} : { costDollars }),
    ...(durationMs === null ? {} : { duration: durationToWire(durationMs) }),
  };
}

export function reembedToWire({ state, fault, comparison, ...status }: ReembedStatus): Reembed {
  return {
    ...status,
    state: wireStates[state],
    fault: fault === null ? null : toOperatorError(fault),
    comparison: comparison === null ? null : comparisonToWire(comparison),
  };
}

function comparisonToWire({
  rankAgreement,
  overlapAt10,
  ...comparison
}: GenerationComparison): WireComparison {
  return {
    queries: comparison.queries,
    overlap: overlapAt10,
    ...(rankAgreement === null ? {} : { rankAgreement }),
    sameFirstHit: comparison.sameFirstHit,
    examples: comparison.examples.map(({ query, overlapAt10: overlap, currentIds, otherIds }) => ({
      query,
      overlap,
      currentIds: [...currentIds],
      otherIds: [...otherIds],
    })),
  };
}
