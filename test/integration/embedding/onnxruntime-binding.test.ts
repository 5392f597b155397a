import { expect, test } from 'vitest';
import { loadOnnxBinding } from '../../../src/embedding/minilm/onnxruntime-binding.ts';

test('a folder that cannot take the copy is no reason to go without the runtime', () => {
  const { InferenceSession } = loadOnnxBinding('/dev/null');
  expect(new InferenceSession()).toBeInstanceOf(InferenceSession);
});
