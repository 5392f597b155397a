// The engine's status and the API's limits to the wire.

import { limits } from '../model/limits.ts';
import { generationOf } from '../model/vector-space.ts';
import type { ActorStatus, EngineState, EngineStatus } from '../pipeline/engine-api.ts';
import type { Duration } from './generated/google/protobuf/Duration.ts';
import type { ActorState } from './generated/kms/v1/ActorState.ts';
import type { EngineState as WireEngineState } from './generated/kms/v1/EngineState.ts';
import type { GetStatusResponse } from './generated/kms/v1/GetStatusResponse.ts';

const engineStates: Readonly<Record<EngineState, WireEngineState>> = {
  starting: 'ENGINE_STATE_STARTING',
  ready: 'ENGINE_STATE_READY',
  draining: 'ENGINE_STATE_DRAINING',
  stopped: 'ENGINE_STATE_STOPPED',
};

const actorStates: Readonly<Record<ActorStatus['state'], ActorState>> = {
  starting: 'ACTOR_STATE_STARTING',
  running: 'ACTOR_STATE_RUNNING',
  backing_off: 'ACTOR_STATE_BACKING_OFF',
  draining: 'ACTOR_STATE_DRAINING',
  stopped: 'ACTOR_STATE_STOPPED',
};

export function statusToWire(status: EngineStatus): GetStatusResponse {
  const { version, state, uptimeMs, replay, collections, actors, shardCount, space } = status;
  return {
    version,
    state: engineStates[state],
    uptime: durationToWire(uptimeMs),
    replay,
    collections: [...collections].sort((a, b) => (a.collection < b.collection ? -1 : 1)),
    actors: actors.map((actor) => ({ ...actor, state: actorStates[actor.state] })),
    shardCount,
    vectorSpace: { ...space, generation: generationOf(space) },
    // The names in limits.ts and in the proto are the same.
    limits,
  };
}

export function durationToWire(ms: number): Duration {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.floor((ms - seconds * 1000) * 1e6) };
}
