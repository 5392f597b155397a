// Original file: proto/kms/v1/reembed_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface EstimateReembedResponse {
  'collection'?: (string);
  'generation'?: (string);
  'targetGeneration'?: (string);
  'documents'?: (number | string | Long);
  'tokens'?: (number | string | Long);
  'sampledDocuments'?: (number);
  'costDollars'?: (number | string);
  'duration'?: (_google_protobuf_Duration | null);
  '_costDollars'?: "costDollars";
}

export interface EstimateReembedResponse__Output {
  'collection': (string);
  'generation': (string);
  'targetGeneration': (string);
  'documents': (string);
  'tokens': (string);
  'sampledDocuments': (number);
  'costDollars'?: (number);
  'duration': (_google_protobuf_Duration__Output | null);
  '_costDollars'?: "costDollars";
}
