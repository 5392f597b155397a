// Original file: proto/kms/v1/admin_service.proto

export const EngineState = {
  ENGINE_STATE_UNSPECIFIED: 'ENGINE_STATE_UNSPECIFIED',
  ENGINE_STATE_STARTING: 'ENGINE_STATE_STARTING',
  ENGINE_STATE_READY: 'ENGINE_STATE_READY',
  ENGINE_STATE_DRAINING: 'ENGINE_STATE_DRAINING',
  ENGINE_STATE_STOPPED: 'ENGINE_STATE_STOPPED',
} as const;

export type EngineState =
  | 'ENGINE_STATE_UNSPECIFIED'
  | 0
  | 'ENGINE_STATE_STARTING'
  | 1
  | 'ENGINE_STATE_READY'
  | 2
  | 'ENGINE_STATE_DRAINING'
  | 3
  | 'ENGINE_STATE_STOPPED'
  | 4

export type EngineState__Output = typeof EngineState[keyof typeof EngineState]
