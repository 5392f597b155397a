// The model that an operator asks for, checked, as a spec.

import { type FieldViolation, KmsError } from '../../base/errors.ts';
import { specOfSettings } from '../../embedding/spec-of-settings.ts';
import type { EmbeddingSpec } from '../../model/embedding-spec.ts';
import type { ModelChoice } from '../engine-api.ts';

const providers = ['minilm', 'static', 'onnx', 'openai'] as const;
const minilmModels = ['', 'int8', 'fp32'];

/** Throws `invalid_argument` with every field that is wrong. Whether the model can be opened shows when it is. */
export function specOfChoice({ provider, model, dimensions }: ModelChoice): EmbeddingSpec {
  const violations: FieldViolation[] = [];
  const known = providers.find((candidate) => candidate === provider);
  if (known === undefined)
    violations.push({ field: 'provider', description: 'must be minilm, static, onnx or openai' });
  if (provider === 'minilm' && !minilmModels.includes(model))
    violations.push({ field: 'model', description: 'must be int8 or fp32 for minilm' });
  if (provider === 'static' && model !== '')
    violations.push({ field: 'model', description: 'must be empty for static: there is one table' });
  if (provider === 'onnx' && model === '')
    violations.push({ field: 'model', description: "must be the model's folder for onnx" });
  if (provider !== 'openai' && dimensions !== 0)
    violations.push({ field: 'dimensions', description: 'can be chosen for openai only' });
  if (known !== undefined && violations.length === 0) {
    return specOfSettings({ embedProvider: known, embedModel: model, embedDimensions: dimensions });
  }
  const message = violations.map(({ field, description }) => `${field} ${description}`).join('; ');
  throw new KmsError('invalid_argument', message, { violations });
}
