// Original file: proto/kms/v1/reembed_service.proto

import type { ReembedState as _kms_v1_ReembedState, ReembedState__Output as _kms_v1_ReembedState__Output } from '../../kms/v1/ReembedState.ts';
import type { ReembedProgress as _kms_v1_ReembedProgress, ReembedProgress__Output as _kms_v1_ReembedProgress__Output } from '../../kms/v1/ReembedProgress.ts';
import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';
import type { GenerationComparison as _kms_v1_GenerationComparison, GenerationComparison__Output as _kms_v1_GenerationComparison__Output } from '../../kms/v1/GenerationComparison.ts';

export interface Reembed {
  'collection'?: (string);
  'state'?: (_kms_v1_ReembedState);
  'generation'?: (string);
  'otherGeneration'?: (string);
  'progress'?: (_kms_v1_ReembedProgress | null);
  'fault'?: (_kms_v1_Error | null);
  'comparison'?: (_kms_v1_GenerationComparison | null);
}

export interface Reembed__Output {
  'collection': (string);
  'state': (_kms_v1_ReembedState__Output);
  'generation': (string);
  'otherGeneration': (string);
  'progress': (_kms_v1_ReembedProgress__Output | null);
  'fault': (_kms_v1_Error__Output | null);
  'comparison': (_kms_v1_GenerationComparison__Output | null);
}
