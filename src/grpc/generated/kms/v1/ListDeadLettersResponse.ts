// Original file: proto/kms/v1/admin_service.proto

import type { DeadLetter as _kms_v1_DeadLetter, DeadLetter__Output as _kms_v1_DeadLetter__Output } from '../../kms/v1/DeadLetter.ts';

export interface ListDeadLettersResponse {
  'deadLetters'?: (_kms_v1_DeadLetter)[];
  'nextPageToken'?: (string);
}

export interface ListDeadLettersResponse__Output {
  'deadLetters': (_kms_v1_DeadLetter__Output)[];
  'nextPageToken': (string);
}
