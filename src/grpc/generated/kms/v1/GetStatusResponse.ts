// Original file: proto/kms/v1/admin_service.proto

import type { EngineState as _kms_v1_EngineState, EngineState__Output as _kms_v1_EngineState__Output } from '../../kms/v1/EngineState.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { ReplayProgress as _kms_v1_ReplayProgress, ReplayProgress__Output as _kms_v1_ReplayProgress__Output } from '../../kms/v1/ReplayProgress.ts';
import type { CollectionStatus as _kms_v1_CollectionStatus, CollectionStatus__Output as _kms_v1_CollectionStatus__Output } from '../../kms/v1/CollectionStatus.ts';
import type { ActorStatus as _kms_v1_ActorStatus, ActorStatus__Output as _kms_v1_ActorStatus__Output } from '../../kms/v1/ActorStatus.ts';
import type { VectorSpace as _kms_v1_VectorSpace, VectorSpace__Output as _kms_v1_VectorSpace__Output } from '../../kms/v1/VectorSpace.ts';
import type { Limits as _kms_v1_Limits, Limits__Output as _kms_v1_Limits__Output } from '../../kms/v1/Limits.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetStatusResponse {
  'version'?: (string);
  'state'?: (_kms_v1_EngineState);
  'uptime'?: (_google_protobuf_Duration | null);
  'replay'?: (_kms_v1_ReplayProgress | null);
  'collections'?: (_kms_v1_CollectionStatus)[];
  'actors'?: (_kms_v1_ActorStatus)[];
  'shardCount'?: (number);
  'vectorSpace'?: (_kms_v1_VectorSpace | null);
  'limits'?: (_kms_v1_Limits | null);
  'deadLetters'?: (number | string | Long);
}

export interface GetStatusResponse__Output {
  'version': (string);
  'state': (_kms_v1_EngineState__Output);
  'uptime': (_google_protobuf_Duration__Output | null);
  'replay': (_kms_v1_ReplayProgress__Output | null);
  'collections': (_kms_v1_CollectionStatus__Output)[];
  'actors': (_kms_v1_ActorStatus__Output)[];
  'shardCount': (number);
  'vectorSpace': (_kms_v1_VectorSpace__Output | null);
  'limits': (_kms_v1_Limits__Output | null);
  'deadLetters': (string);
}
