// The default model's parameters, in the shapes in which both of its runtimes compute with them: see minilm-graph.ts for
// ONNX Runtime's graph and minilm-weights.ts for our own inference.

import { minilmDimensions } from './minilm-space.ts';
import type { Safetensors } from './safetensors.ts';

export const minilmShape = {
  layers: 6,
  heads: 12,
  hidden: minilmDimensions,
  intermediate: 1536,
  vocabulary: 30_522,
  positions: 512,
} as const;

const { hidden, positions, vocabulary } = minilmShape;
const wordsName = 'embeddings.word_embeddings.weight';

/** Each method throws `data_loss` when a tensor is missing or has another shape. */
export class MiniLmParameters {
  readonly #weights: Safetensors;

  constructor(weights: Safetensors) {
    this.#weights = weights;
  }

  /** Shape [vocabulary × hidden]. */
  words(): Float32Array {
    return this.#weights.tensor(wordsName, [vocabulary, hidden]).values;
  }

  /** The same as half floats, which is how they are published. */
  wordHalves(): Uint16Array {
    return this.#weights.halves(wordsName, [vocabulary, hidden]);
  }

  /** What each position adds, shape [positions × hidden]: every text is segment 0, so that segment's vector is in it. */
  places(): Float32Array {
    const places = this.#weights.tensor('embeddings.position_embeddings.weight', [positions, hidden]).values;
    const segments = this.#weights.tensor('embeddings.token_type_embeddings.weight', [2, hidden]).values;
    for (let i = 0; i < places.length; i++) {
      places[i] = (places[i] as number) + (segments[i % hidden] as number);
    }
    return places;
  }

  vector(name: string, length: number): Float32Array {
    return this.#weights.tensor(name, [length]).values;
  }

  /** Published as [outputs × inputs], and multiplied with from the right here. Returns [rows × columns]. */
  transposed(name: string, rows: number, columns: number): Float32Array {
    const { values } = this.#weights.tensor(name, [columns, rows]);
    const transposed = new Float32Array(values.length);
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        transposed[row * columns + column] = values[column * rows + row] as number;
      }
    }
    return transposed;
  }

  /** Query, key and value of an attention side by side: a matrix of shape [hidden × 3 hidden], and its bias. */
  queryKeyValue(name: string): { matrix: Float32Array; bias: Float32Array } {
    const parts = ['query', 'key', 'value'];
    const columns = parts.length * hidden;
    const matrix = new Float32Array(hidden * columns);
    const bias = new Float32Array(columns);
    parts.forEach((part, index) => {
      const start = index * hidden;
      bias.set(this.vector(`${name}.${part}.bias`, hidden), start);
      const weight = this.transposed(`${name}.${part}.weight`, hidden, hidden);
      for (let row = 0; row < hidden; row++) {
        matrix.set(weight.subarray(row * hidden, (row + 1) * hidden), row * columns + start);
      }
    });
    return { matrix, bias };
  }
}
