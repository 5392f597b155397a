// Original file: proto/kms/v1/admin_service.proto

import type { ActorState as _kms_v1_ActorState, ActorState__Output as _kms_v1_ActorState__Output } from '../../kms/v1/ActorState.ts';
import type { Long } from '@grpc/proto-loader';

export interface ActorStatus {
  'name'?: (string);
  'state'?: (_kms_v1_ActorState);
  'restarts'?: (number);
  'lastFault'?: (string);
  'mailboxDepth'?: (number);
  'heapBytes'?: (number | string | Long);
  'eventLoopLagMs'?: (number | string);
}

export interface ActorStatus__Output {
  'name': (string);
  'state': (_kms_v1_ActorState__Output);
  'restarts': (number);
  'lastFault': (string);
  'mailboxDepth': (number);
  'heapBytes': (string);
  'eventLoopLagMs': (number);
}
