// Original file: proto/kms/v1/admin_service.proto

import type { DeadLetterFilter as _kms_v1_DeadLetterFilter, DeadLetterFilter__Output as _kms_v1_DeadLetterFilter__Output } from '../../kms/v1/DeadLetterFilter.ts';

export interface PurgeDeadLettersRequest {
  'filter'?: (_kms_v1_DeadLetterFilter | null);
  'all'?: (boolean);
}

export interface PurgeDeadLettersRequest__Output {
  'filter': (_kms_v1_DeadLetterFilter__Output | null);
  'all': (boolean);
}
