// Original file: proto/kms/v1/job_service.proto

import type { Source as _kms_v1_Source, Source__Output as _kms_v1_Source__Output } from '../../kms/v1/Source.ts';

export interface ListSourcesResponse {
  'sources'?: (_kms_v1_Source)[];
}

export interface ListSourcesResponse__Output {
  'sources': (_kms_v1_Source__Output)[];
}
