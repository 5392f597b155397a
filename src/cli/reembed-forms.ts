// Moves between models as the command shows them: JSON for scripts, lines for people.

import type { EstimateReembedResponse__Output } from '../grpc/generated/kms/v1/EstimateReembedResponse.ts';
import type { GenerationComparison__Output } from '../grpc/generated/kms/v1/GenerationComparison.ts';
import type { Reembed__Output } from '../grpc/generated/kms/v1/Reembed.ts';
import { safeLine } from './safe-text.ts';
import { errorJson, plainWord, secondsOf, snakeCase } from './wire-forms.ts';

export function estimateJson(estimate: EstimateReembedResponse__Output): object {
  return {
    collection: estimate.collection,
    generation: estimate.generation,
    target_generation: estimate.targetGeneration,
    documents: Number(estimate.documents),
    tokens: Number(estimate.tokens),
    sampled_documents: estimate.sampledDocuments,
    cost_dollars: estimate.costDollars ?? null,
    duration_seconds: secondsOf(estimate.duration),
  };
}

export function estimateText(estimate: EstimateReembedResponse__Output): string {
  const { costDollars } = estimate;
  const seconds = secondsOf(estimate.duration);
  const lines = [
    `from       ${safeLine(estimate.generation)}`,
    `to         ${safeLine(estimate.targetGeneration)}`,
    `documents  ${estimate.documents}`,
    `tokens     about ${estimate.tokens} (counted in ${estimate.sampledDocuments} documents)`,
    `cost       ${costDollars === undefined ? 'unknown: set KMS_EMBED_PRICE_PER_MILLION_TOKENS' : `${costDollars.toFixed(2)} US dollars`}`,
    `time       ${seconds === null ? 'unknown' : timeText(seconds)}`,
  ];
  return `${lines.join('\n')}\n`;
}

export function reembedJson(reembed: Reembed__Output): object {
  const { progress, comparison } = reembed;
  const counts = Object.entries(progress ?? {}).map(([name, value]) => [name, Number(value)]);
  return {
    collection: reembed.collection,
    state: stateOf(reembed),
    generation: reembed.generation,
    other_generation: reembed.otherGeneration === '' ? null : reembed.otherGeneration,
    progress: snakeCase(Object.fromEntries(counts)),
    fault: errorJson(reembed.fault),
    comparison: comparison === null ? null : comparisonJson(comparison),
  };
}

export function reembedText(reembed: Reembed__Output): string {
  const { progress, fault, comparison } = reembed;
  const lines = [
    `state      ${stateOf(reembed)}`,
    `answers    ${safeLine(reembed.generation)}`,
    `beside it  ${reembed.otherGeneration === '' ? 'nothing' : safeLine(reembed.otherGeneration)}`,
  ];
  if (reembed.otherGeneration !== '' && progress !== null) {
    const { compared, total, written, unchanged, removed, waiting, rejected } = progress;
    lines.push(
      `documents  ${compared} of ${total} compared: ${written} written, ${unchanged} unchanged, ${removed} removed, ${waiting} waiting, ${rejected} rejected`,
    );
    if (Number(progress.fromClientVectors) > 0)
      lines.push(
        `note       ${progress.fromClientVectors} came with their own vectors; beside it they are embedded from their text`,
      );
  }
  if (fault !== null) lines.push(`held up    ${safeLine(fault.message)}`);
  if (comparison !== null) lines.push(...comparisonLines(comparison));
  return `${lines.join('\n')}\n`;
}

function comparisonLines(comparison: GenerationComparison__Output): string[] {
  const { queries, overlap, rankAgreement, sameFirstHit, examples } = comparison;
  const share = (value: number) => `${Math.round(value * 100)} %`;
  return [
    `compared   ${queries} queries: ${share(overlap)} of the first ten hits in both, the same first hit in ${share(sameFirstHit)}, order ${rankAgreement === undefined ? 'not comparable' : `agrees by ${rankAgreement.toFixed(2)} (-1 to 1)`}`,
    ...examples.map(({ query, overlap: own }) => `  ${share(own)} in common: ${safeLine(query)}`),
  ];
}

function comparisonJson({ examples, ...comparison }: GenerationComparison__Output): object {
  return {
    queries: comparison.queries,
    overlap: comparison.overlap,
    rank_agreement: comparison.rankAgreement ?? null,
    same_first_hit: comparison.sameFirstHit,
    examples: examples.map((example) => snakeCase(example)),
  };
}

function stateOf({ state }: Reembed__Output): string {
  return plainWord(state, 'REEMBED_STATE_');
}

function timeText(seconds: number): string {
  if (seconds < 120) return `about ${Math.ceil(seconds)} s`;
  return seconds < 7_200 ? `about ${Math.ceil(seconds / 60)} min` : `about ${Math.ceil(seconds / 3_600)} h`;
}
