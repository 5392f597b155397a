// A real engine inside the test's own process, for what cannot be reached from outside: its threads.

import { type SpawnThread, spawnThread, type ThreadHost } from '../../src/actor/thread-host.ts';
import { systemClock } from '../../src/base/clock.ts';
import { readSettings } from '../../src/config/settings.ts';
import { createEngine } from '../../src/engine.ts';
import { createKmsClient, type KmsClient } from '../../src/grpc/client.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { Metrics } from '../../src/observability/metrics.ts';

export interface EngineInProcess {
  readonly client: KmsClient;
  readonly metrics: Metrics;
  /** Ends an actor's thread without a word, as a crash would; the supervisor is to notice. */
  killThread(actor: string): void;
  stop(): Promise<void>;
}

export async function startEngine(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<EngineInProcess> {
  const threads = new Map<string, ThreadHost>();
  const spawn: SpawnThread = (spec, clock) => {
    const host = spawnThread(spec, clock);
    threads.set(spec.name, host);
    return host;
  };
  const addresses = { KMS_GRPC_ADDRESS: '127.0.0.1:0', KMS_HTTP_ADDRESS: '127.0.0.1:0' };
  const metrics = new Metrics({ withProcess: false });
  const engine = await createEngine({
    settings: readSettings({ ...addresses, KMS_DATA_DIR: dataDir, ...env }),
    log: createLogger({ level: 'silent', thread: 'main' }),
    clock: systemClock,
    metrics,
    spawn,
  });
  await engine.start();
  const client = createKmsClient(`127.0.0.1:${engine.ports.grpc}`);
  return {
    client,
    metrics,
    killThread: (actor) => threads.get(actor)?.terminate(),
    stop: async () => {
      client.close();
      await engine.stop();
    },
  };
}
