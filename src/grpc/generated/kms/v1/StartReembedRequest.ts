// Original file: proto/kms/v1/reembed_service.proto

import type { EmbeddingModel as _kms_v1_EmbeddingModel, EmbeddingModel__Output as _kms_v1_EmbeddingModel__Output } from '../../kms/v1/EmbeddingModel.ts';

export interface StartReembedRequest {
  'collection'?: (string);
  'model'?: (_kms_v1_EmbeddingModel | null);
}

export interface StartReembedRequest__Output {
  'collection': (string);
  'model': (_kms_v1_EmbeddingModel__Output | null);
}
