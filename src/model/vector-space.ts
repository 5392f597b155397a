// The name of a vector space. Vectors of two spaces are never compared; the name goes with each collection and document.

export interface VectorSpace {
  /** For example `minilm-l6-v2/int8`. */
  readonly model: string;
  readonly dimensions: number;
  readonly normalisation: 'unit';
  /** Raised whenever cleaning or chunking gives other texts for the same input. */
  readonly cleanerVersion: number;
}

/** The generation: one short string that is equal exactly when two spaces are equal. */
export function generationOf(space: VectorSpace): string {
  return `${space.model}@${space.dimensions}:${space.normalisation}:c${space.cleanerVersion}`;
}
