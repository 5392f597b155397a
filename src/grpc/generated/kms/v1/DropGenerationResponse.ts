// Original file: proto/kms/v1/reembed_service.proto

import type { Reembed as _kms_v1_Reembed, Reembed__Output as _kms_v1_Reembed__Output } from '../../kms/v1/Reembed.ts';

export interface DropGenerationResponse {
  'reembed'?: (_kms_v1_Reembed | null);
}

export interface DropGenerationResponse__Output {
  'reembed': (_kms_v1_Reembed__Output | null);
}
