// What is known of the services' models without asking: vector lengths, tokenizers and list prices.

import { KmsError } from '../../base/errors.ts';

export interface OpenAiModelFacts {
  /** The model's own vector length. */
  readonly dimensions: number;
  /** Whether the API lets the caller ask for shorter vectors. */
  readonly isShortenable: boolean;
  /** US dollars a million tokens, list price of 2025. */
  readonly dollarsPerMillionTokens: number;
}

export const openaiModelDefault = 'text-embedding-3-small';

const knownModels: ReadonlyMap<string, OpenAiModelFacts> = new Map([
  ['text-embedding-3-small', { dimensions: 1_536, isShortenable: true, dollarsPerMillionTokens: 0.02 }],
  ['text-embedding-3-large', { dimensions: 3_072, isShortenable: true, dollarsPerMillionTokens: 0.13 }],
  ['text-embedding-ada-002', { dimensions: 1_536, isShortenable: false, dollarsPerMillionTokens: 0.1 }],
]);

/** The bound of KMS_EMBED_DIMENSIONS. */
const dimensionsMax = 4_096;

/** The length of the vectors to expect. Throws `invalid_argument` when it is impossible, or unknown and not given. */
export function openaiDimensions(model: string, dimensions: number | null): number {
  const known = knownModels.get(model);
  if (dimensions === null) {
    if (known !== undefined) return known.dimensions;
    throw fault(`must be given for ${model}, whose vectors' length is not known here`);
  }
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > dimensionsMax) {
    throw fault(`must be a whole number, 1..${dimensionsMax}`);
  }
  if (known === undefined || dimensions === known.dimensions) return dimensions;
  if (!known.isShortenable) throw fault(`must be 0 or ${known.dimensions}: ${model} cannot shorten`);
  if (dimensions > known.dimensions) throw fault(`must be at most ${known.dimensions} for ${model}`);
  return dimensions;
}

export function isKnownOpenAiModel(model: string): boolean {
  return knownModels.has(model);
}

/** US dollars a million tokens: what is given, else the list price, else nothing. */
export function openaiPrice(model: string, dollarsPerMillionTokens: number): number {
  if (dollarsPerMillionTokens > 0) return dollarsPerMillionTokens;
  return knownModels.get(model)?.dollarsPerMillionTokens ?? 0;
}

/** Other services refuse the parameter even with the length that they would give anyway. */
export function sendsDimensions(model: string, dimensions: number | null): boolean {
  return dimensions !== null && dimensions !== knownModels.get(model)?.dimensions;
}

function fault(description: string): KmsError {
  return new KmsError('invalid_argument', `embedding dimensions ${description}`, {
    violations: [{ field: 'KMS_EMBED_DIMENSIONS', description }],
  });
}
