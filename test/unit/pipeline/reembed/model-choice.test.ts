import { expect, test } from 'vitest';
import { specOfChoice } from '../../../../src/pipeline/reembed/model-choice.ts';

test('each provider takes what belongs to it', () => {
  const choose = (provider: string, model = '', dimensions = 0) =>
    specOfChoice({ provider, model, dimensions });
  expect(choose('minilm')).toEqual({ provider: 'minilm', precision: 'int8' });
  expect(choose('minilm', 'fp32')).toEqual({ provider: 'minilm', precision: 'fp32' });
  expect(choose('static')).toEqual({ provider: 'static' });
  expect(choose('onnx', '/models/e5')).toEqual({ provider: 'onnx', folder: '/models/e5' });
  expect(choose('openai', 'some-model', 256)).toEqual({
    provider: 'openai',
    model: 'some-model',
    dimensions: 256,
  });
});

test('every field that is wrong is named at once', () => {
  const wrong = () => specOfChoice({ provider: 'minilm', model: 'int4', dimensions: 99 });
  expect(wrong).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      violations: [
        { field: 'model', description: expect.any(String) },
        { field: 'dimensions', description: expect.any(String) },
      ],
    }),
  );
});

test('the static model has no variants', () => {
  expect(() => specOfChoice({ provider: 'static', model: 'int8', dimensions: 0 })).toThrow('one table');
});
