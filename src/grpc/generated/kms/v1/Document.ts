// Original file: proto/kms/v1/document.proto

import type { AttributeValue as _kms_v1_AttributeValue, AttributeValue__Output as _kms_v1_AttributeValue__Output } from '../../kms/v1/AttributeValue.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Document {
  'id'?: (string);
  'collection'?: (string);
  'title'?: (string);
  'body'?: (string);
  'mediaType'?: (string);
  'attributes'?: ({[key: string]: _kms_v1_AttributeValue});
  'updateTime'?: (_google_protobuf_Timestamp | null);
  'embedding'?: (Buffer | Uint8Array | string);
  'contentHash'?: (string);
  'commitSequence'?: (number | string | Long);
  'commitTime'?: (_google_protobuf_Timestamp | null);
  'generation'?: (string);
  'chunkCount'?: (number);
}

export interface Document__Output {
  'id': (string);
  'collection': (string);
  'title': (string);
  'body': (string);
  'mediaType': (string);
  'attributes': ({[key: string]: _kms_v1_AttributeValue__Output});
  'updateTime': (_google_protobuf_Timestamp__Output | null);
  'embedding': (Buffer);
  'contentHash': (string);
  'commitSequence': (string);
  'commitTime': (_google_protobuf_Timestamp__Output | null);
  'generation': (string);
  'chunkCount': (number);
}
