// AdminService.

import type { AdminServiceDefinition } from './generated/kms/v1/AdminService.ts';
import type { CreateSnapshotRequest__Output } from './generated/kms/v1/CreateSnapshotRequest.ts';
import type { CreateSnapshotResponse } from './generated/kms/v1/CreateSnapshotResponse.ts';
import type { GetStatusRequest__Output } from './generated/kms/v1/GetStatusRequest.ts';
import type { GetStatusResponse } from './generated/kms/v1/GetStatusResponse.ts';
import type { RpcHost } from './rpc-host.ts';
import { unaryHandler } from './unary-handler.ts';
import { statusToWire } from './wire-status.ts';

export function adminHandlers(host: RpcHost): Record<keyof AdminServiceDefinition, unknown> {
  const { engine } = host;
  return {
    // Answers while the engine starts, too: this is where a client sees how far the replay has come.
    GetStatus: unaryHandler<GetStatusRequest__Output, GetStatusResponse>(
      host,
      { needsReady: false },
      async () => statusToWire(await engine.status()),
    ),
    CreateSnapshot: unaryHandler<CreateSnapshotRequest__Output, CreateSnapshotResponse>(
      host,
      { needsReady: true },
      (_request, _faults, options) => engine.createSnapshot(options),
    ),
  };
}
