// Exports differ in the type of their ids, and the binding does not tell the type of an input: the model refuses the
// wrong one.

import { KmsError } from '../../base/errors.ts';
import type { OnnxTensor } from '../minilm/onnxruntime-binding.ts';

export type IdType = 'int64' | 'int32';

/** The type that `tryRun` passes with. What it throws as a KmsError is its own verdict; `failed_precondition` when neither passes. */
export function findIdType(modelPath: string, tryRun: (type: IdType) => unknown): IdType {
  try {
    tryRun('int64');
    return 'int64';
  } catch (error) {
    if (error instanceof KmsError) throw error;
    try {
      tryRun('int32');
      return 'int32';
    } catch (second) {
      if (second instanceof KmsError) throw second;
      throw new KmsError('failed_precondition', `${modelPath} cannot be run: ${String(error)}`, {
        cause: second,
      });
    }
  }
}

export function idTensor(
  values: readonly number[],
  { type, dims }: { readonly type: IdType; readonly dims: readonly number[] },
): OnnxTensor {
  const data = type === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
  return { type, data, dims };
}
