// What goes to an inference thread and comes back. The threads only compute: texts are tokenised before, where their
// cost is known, and so a thread needs no tokenizer of its own.

import type { Fault } from '../../base/errors.ts';

/** Given to each thread as workerData. */
export interface InferenceThreadData {
  /** A model file, or a folder with one: the thread's entry knows. */
  readonly modelPath: string;
  /** Of the pool's NativeGate. */
  readonly gateMemory: SharedArrayBuffer;
}

export interface InferenceRequest {
  /** Token ids of each text, special tokens included; copied, some 256 bytes a text. */
  readonly texts: readonly Int32Array[];
}

export interface InferenceReply {
  /** Shape [texts × dimensions], rows of unit length. A failed text's row is zeros. */
  readonly vectors: Float32Array;
  readonly failures: readonly { readonly index: number; readonly fault: Fault }[];
}

/** One loaded copy of a model. It belongs to the thread that opened it and computes on it. */
export interface InferenceSession {
  readonly dimensions: number;
  /**
   * So many tokens may share a run, as texts in it get the vectors they get alone. Absent: each text needs a run of its own to
   * get its vector.
   */
  readonly runTokensMax?: number;
  /** Embeds token ids, one array a text, special tokens included. Returns shape [texts × dimensions], rows of unit length. */
  run(texts: readonly ArrayLike<number>[]): Promise<Float32Array>;
}
