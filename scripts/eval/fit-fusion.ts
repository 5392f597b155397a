// Fits the parameters of the adaptive fusion on judged sets: `npx tsx scripts/eval/fit-fusion.ts FEATURES.json`, a file
// that `npm run eval -- --dump FEATURES.json` writes. Prints the fit over all sets and, for each set, what a fit on the
// others gives there, which is what an unknown collection may expect. Coordinate search: four parameters, and mean
// average precision is a staircase without a slope.

import { readFileSync } from 'node:fs';
import type { Candidate } from '../../src/ranking/candidate.ts';
import { fittedWeights, type WeightParameters } from '../../src/ranking/fusion-weights.ts';
import { type ListTops, lexicalWeightOf, topsOf } from '../../src/ranking/list-tops.ts';
import type { FusionFeatures, QueryFeatures, SetFeatures } from './fusion-features.ts';

/** A query with all that does not depend on the parameters. */
interface FitQuery {
  readonly tops: ListTops;
  readonly cosines: Float64Array;
  /** BM25 as a share of the query's information. */
  readonly shares: Float64Array;
  readonly isRelevant: readonly boolean[];
  readonly relevantCount: number;
}

export interface FitSet {
  readonly name: string;
  readonly queries: readonly FitQuery[];
  /** Mean average precision of the better side alone. */
  readonly reference: number;
}

/** Falling behind the better side is worse than gaining on it is good: nobody may lose by the default. */
const lossFactor = 4;
const rounds = 8;
/** Where a fit begins: between what the duplicates and what the abstracts want. With two sets it matters. */
const neutralWeights: WeightParameters = { floor: 0.25, rise: 1.1, spread: 0.27, levelling: 0.75 };
const steps: WeightParameters = { floor: 0.1, rise: 0.3, spread: 0.02, levelling: 0.25 };
const names = Object.keys(steps) as (keyof WeightParameters)[];

export function toFitSet({ name, queries }: SetFeatures): FitSet {
  const fitQueries = queries.filter(({ relevant }) => relevant.length > 0).map(toFitQuery);
  const alone = (score: (query: FitQuery) => Float64Array) =>
    meanOf(fitQueries.map((query) => averagePrecision(query, score(query))));
  const reference = Math.max(
    alone(({ cosines }) => cosines),
    alone(({ shares }) => shares),
  );
  return { name, queries: fitQueries, reference };
}

export function meanAveragePrecision({ queries }: FitSet, parameters: WeightParameters): number {
  return meanOf(
    queries.map((query) => {
      const weight = lexicalWeightOf(query.tops, parameters);
      const scores = query.cosines.map((cosine, i) => cosine + weight * (query.shares[i] as number));
      return averagePrecision(query, scores);
    }),
  );
}

/** Starts from what the engine has; each round tries a step up and down for each parameter, and halves the steps at a stop. */
export function fitWeights(
  sets: readonly FitSet[],
  start: WeightParameters = neutralWeights,
): WeightParameters {
  let best = start;
  let bestValue = objective(sets, best);
  let scale = 1;
  for (let round = 0; round < rounds; round++) {
    const before = bestValue;
    for (const name of names) {
      for (const step of [scale * steps[name], -scale * steps[name]]) {
        const tried = { ...best, [name]: Math.max(0, best[name] + step) };
        const value = objective(sets, tried);
        if (value <= bestValue) continue;
        best = tried;
        bestValue = value;
        break;
      }
    }
    if (bestValue === before) scale /= 2;
  }
  return best;
}

/** The mean relative gain over the better side alone. */
function objective(sets: readonly FitSet[], parameters: WeightParameters): number {
  return meanOf(
    sets.map((set) => {
      const gain = meanAveragePrecision(set, parameters) / set.reference - 1;
      return gain < 0 ? lossFactor * gain : gain;
    }),
  );
}

function toFitQuery({ evidence, relevant, candidates }: QueryFeatures): FitQuery {
  const { information } = evidence;
  const share = ({ lexicalScore }: Candidate) => (information > 0 ? (lexicalScore ?? 0) / information : 0);
  return {
    tops: topsOf(candidates, evidence),
    cosines: Float64Array.from(candidates, ({ cosine }) => cosine ?? 0),
    shares: Float64Array.from(candidates, share),
    isRelevant: candidates.map(({ gain }) => gain > 0),
    relevantCount: relevant.length,
  };
}

function averagePrecision({ isRelevant, relevantCount }: FitQuery, scores: Float64Array): number {
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
  let found = 0;
  let sum = 0;
  for (const [rank, index] of order.entries()) {
    if (!isRelevant[index]) continue;
    found += 1;
    sum += found / (rank + 1);
  }
  return sum / relevantCount;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function main(path: string): void {
  const { sets } = JSON.parse(readFileSync(path, 'utf8')) as FusionFeatures;
  const fitSets = sets.map(toFitSet);
  const show = (parameters: WeightParameters) =>
    names.map((name) => `${name} ${parameters[name].toFixed(3)}`).join('  ');
  console.log(`all sets: ${show(fitWeights(fitSets))}`);
  for (const set of fitSets) {
    const others = fitWeights(fitSets.filter(({ name }) => name !== set.name));
    const figures = {
      better: set.reference,
      engine: meanAveragePrecision(set, fittedWeights),
      'left out': meanAveragePrecision(set, others),
    };
    const cells = Object.entries(figures).map(([name, map]) => `${name} ${map.toFixed(4)}`);
    console.log(`${set.name.padEnd(24)} ${cells.join('  ')}  fitted on the others: ${show(others)}`);
  }
}

const [, script, path] = process.argv;
if (script?.endsWith('fit-fusion.ts') && path !== undefined) main(path);
