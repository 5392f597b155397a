// A real engine inside the test's own process, for what cannot be reached from outside: its threads.

import { BroadcastChannel } from 'node:worker_threads';
import { threadUrl } from '../../src/actor/thread-entry.ts';
import { type SpawnThread, spawnThread } from '../../src/actor/thread-host.ts';
import { systemClock } from '../../src/base/clock.ts';
import { readSettings } from '../../src/config/settings.ts';
import { createEngine } from '../../src/engine.ts';
import { createKmsClient, type KmsClient } from '../../src/grpc/client.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import type { SyncSource } from '../../src/sources/sync-source.ts';

export interface EngineInProcess {
  readonly client: KmsClient;
  readonly metrics: Metrics;
  /** Makes an actor's thread end itself without a word, as a crash would; the supervisor is to notice. */
  killThread(actor: string): void;
  stop(): Promise<void>;
}

export async function startEngine(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  sources: readonly SyncSource[] = [],
): Promise<EngineInProcess> {
  const entry = threadUrl(import.meta.url, '../fixtures/mortal-stage.thread');
  const spawn: SpawnThread = (spec, clock) => spawnThread({ ...spec, entry }, clock);
  const deaths = new BroadcastChannel('kms-test-deaths');
  const addresses = { KMS_GRPC_ADDRESS: '127.0.0.1:0', KMS_HTTP_ADDRESS: '127.0.0.1:0' };
  const metrics = new Metrics({ withProcess: false });
  const engine = await createEngine({
    settings: readSettings({ ...addresses, KMS_DATA_DIR: dataDir, ...env }),
    log: createLogger({ level: 'silent', thread: 'main' }),
    clock: systemClock,
    metrics,
    spawn,
    sources,
  });
  await engine.start();
  const client = createKmsClient(`127.0.0.1:${engine.ports.grpc}`);
  return {
    client,
    metrics,
    killThread: (actor) => deaths.postMessage(actor),
    stop: async () => {
      client.close();
      deaths.close();
      await engine.stop();
    },
  };
}
