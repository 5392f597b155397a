// Original file: proto/kms/v1/admin_service.proto

import type { Judgement as _kms_v1_Judgement, Judgement__Output as _kms_v1_Judgement__Output } from '../../kms/v1/Judgement.ts';

export interface ExportJudgementsResponse {
  'judgements'?: (_kms_v1_Judgement)[];
}

export interface ExportJudgementsResponse__Output {
  'judgements': (_kms_v1_Judgement__Output)[];
}
