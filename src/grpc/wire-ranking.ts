// What a search asks of the order of its hits, from the wire into the model: fusion, diversity, collapse, recency,
// boosts, reranking. A number that is not finite is out of every range.

import { limits } from '../model/limits.ts';
import type { FusionChoice, SearchQuery } from '../model/query.ts';
import type { Boost__Output } from './generated/kms/v1/Boost.ts';
import type { Collapse__Output } from './generated/kms/v1/Collapse.ts';
import type { Diversity__Output } from './generated/kms/v1/Diversity.ts';
import type { Fusion__Output } from './generated/kms/v1/Fusion.ts';
import type { Recency__Output } from './generated/kms/v1/Recency.ts';
import type { Rerank__Output } from './generated/kms/v1/Rerank.ts';
import type { InputFaults } from './input-faults.ts';
import { durationMsFromWire } from './wire-checks.ts';
import { filterFromWire } from './wire-filter.ts';

// The bounds and defaults that search_service.proto documents.
const rrfKMax = 1_000;
const rrfKDefault = 60;
const rrfWeightMax = 100;
const lambdaDefault = 0.5;
const similarityMinLeast = 0.5;
const similarityMinDefault = 0.95;
const halfLifeMsDefault = 30 * 24 * 3_600_000;
const recencyWeightDefault = 0.2;
const boostFactorMin = 0.1;
const boostFactorMax = 10;
const rerankBudgetMsMax = 10_000;
const rerankBudgetMsDefault = 1_000;

export function fusionFromWire(wire: Fusion__Output | null, path: string, faults: InputFaults): FusionChoice {
  if (wire?.convex && wire.rrf) faults.add(path, 'has convex and rrf: set at most one');
  if (wire?.convex) {
    const { semanticWeight } = wire.convex;
    checkRange(semanticWeight, { min: 0, max: 1 }, `${path}.convex.semantic_weight`, faults);
    return { type: 'convex', semanticWeight };
  }
  if (wire?.rrf) {
    const { k, semanticWeight, lexicalWeight } = wire.rrf;
    const weights = { min: 0, max: rrfWeightMax };
    if (k !== 0) checkRange(k, { min: 1, max: rrfKMax }, `${path}.rrf.k`, faults);
    checkRange(semanticWeight, weights, `${path}.rrf.semantic_weight`, faults);
    checkRange(lexicalWeight, weights, `${path}.rrf.lexical_weight`, faults);
    const isEven = semanticWeight === 0 && lexicalWeight === 0;
    return {
      type: 'rrf',
      k: k || rrfKDefault,
      semanticWeight: isEven ? 1 : semanticWeight,
      lexicalWeight: isEven ? 1 : lexicalWeight,
    };
  }
  return { type: 'adaptive' };
}

export function diversityFromWire(
  wire: Diversity__Output | null,
  path: string,
  faults: InputFaults,
): SearchQuery['diversity'] {
  if (wire === null) return null;
  const lambda = wire.lambda ?? lambdaDefault;
  checkRange(lambda, { min: 0, max: 1 }, `${path}.lambda`, faults);
  return { lambda };
}

export function collapseFromWire(
  wire: Collapse__Output | null,
  path: string,
  faults: InputFaults,
): SearchQuery['collapse'] {
  if (wire === null) return null;
  const similarityMin = wire.similarityMin === 0 ? similarityMinDefault : wire.similarityMin;
  checkRange(similarityMin, { min: similarityMinLeast, max: 1 }, `${path}.similarity_min`, faults);
  return { similarityMin };
}

export function recencyFromWire(
  wire: Recency__Output | null,
  path: string,
  faults: InputFaults,
): SearchQuery['recency'] {
  if (wire === null) return null;
  checkRange(wire.weight, { min: 0, max: 1 }, `${path}.weight`, faults);
  const { halfLife } = wire;
  const halfLifeMs =
    halfLife === null ? halfLifeMsDefault : durationMsFromWire(halfLife, `${path}.half_life`, faults);
  if (halfLifeMs !== null && halfLifeMs <= 0) faults.add(`${path}.half_life`, 'is not above 0');
  return { halfLifeMs: halfLifeMs ?? halfLifeMsDefault, weight: wire.weight || recencyWeightDefault };
}

export function boostsFromWire(
  wires: readonly Boost__Output[],
  path: string,
  faults: InputFaults,
): SearchQuery['boosts'] {
  if (wires.length > limits.boostsMax) {
    faults.add(path, `has ${wires.length} boosts: at most ${limits.boostsMax}`);
    return [];
  }
  return wires.flatMap(({ filter: wire, factor }, index) => {
    const at = `${path}[${index}]`;
    checkRange(factor, { min: boostFactorMin, max: boostFactorMax }, `${at}.factor`, faults);
    const filter = filterFromWire(wire, `${at}.filter`, faults);
    if (filter === null) faults.add(`${at}.filter`, 'is not set');
    return filter === null ? [] : [{ filter, factor }];
  });
}

export function rerankFromWire(
  wire: Rerank__Output | null,
  path: string,
  faults: InputFaults,
): SearchQuery['rerank'] {
  if (wire === null) return null;
  if (wire.budget === null) return { budgetMs: rerankBudgetMsDefault };
  const budgetMs = durationMsFromWire(wire.budget, `${path}.budget`, faults);
  if (budgetMs === null) return null;
  if (budgetMs < 1 || budgetMs > rerankBudgetMsMax)
    faults.add(`${path}.budget`, `is ${budgetMs} ms: 1 to ${rerankBudgetMsMax} ms`);
  return { budgetMs };
}

function checkRange(
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
  path: string,
  faults: InputFaults,
): void {
  if (!(value >= min && value <= max)) faults.add(path, `is ${value}: ${min} to ${max}`);
}
