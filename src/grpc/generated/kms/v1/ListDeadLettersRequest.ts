// Original file: proto/kms/v1/admin_service.proto

import type { DeadLetterFilter as _kms_v1_DeadLetterFilter, DeadLetterFilter__Output as _kms_v1_DeadLetterFilter__Output } from '../../kms/v1/DeadLetterFilter.ts';

export interface ListDeadLettersRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'filter'?: (_kms_v1_DeadLetterFilter | null);
  'includePayload'?: (boolean);
}

export interface ListDeadLettersRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'filter': (_kms_v1_DeadLetterFilter__Output | null);
  'includePayload': (boolean);
}
