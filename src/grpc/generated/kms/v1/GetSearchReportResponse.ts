// Original file: proto/kms/v1/admin_service.proto

import type { ReportedSearch as _kms_v1_ReportedSearch, ReportedSearch__Output as _kms_v1_ReportedSearch__Output } from '../../kms/v1/ReportedSearch.ts';
import type { ReportedQuery as _kms_v1_ReportedQuery, ReportedQuery__Output as _kms_v1_ReportedQuery__Output } from '../../kms/v1/ReportedQuery.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetSearchReportResponse {
  'searches'?: (number | string | Long);
  'zeroResults'?: (number | string | Long);
  'withClicks'?: (number | string | Long);
  'slow'?: (number | string | Long);
  'p50Ms'?: (number | string);
  'p95Ms'?: (number | string);
  'p99Ms'?: (number | string);
  'clickReciprocalRank'?: (number | string);
  'searchesByMode'?: ({[key: string]: number | string | Long});
  'slowest'?: (_kms_v1_ReportedSearch)[];
  'zeroResultQueries'?: (_kms_v1_ReportedQuery)[];
  'keptSince'?: (_google_protobuf_Timestamp | null);
  'dropped'?: (number | string | Long);
}

export interface GetSearchReportResponse__Output {
  'searches': (string);
  'zeroResults': (string);
  'withClicks': (string);
  'slow': (string);
  'p50Ms': (number);
  'p95Ms': (number);
  'p99Ms': (number);
  'clickReciprocalRank': (number);
  'searchesByMode': ({[key: string]: string});
  'slowest': (_kms_v1_ReportedSearch__Output)[];
  'zeroResultQueries': (_kms_v1_ReportedQuery__Output)[];
  'keptSince': (_google_protobuf_Timestamp__Output | null);
  'dropped': (string);
}
