import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusteredVectors } from '../../../native-bench/bench-data.ts';
import { requestKinds } from '../../../native-bench/load/load-options.ts';
import { runLoad, startIngest } from '../../../native-bench/load/load-process.ts';
import { EngineProcess } from '../../support/engine-process.ts';

describe('the load generator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kms-load-'));
  let engine: EngineProcess;
  beforeAll(async () => {
    engine = await EngineProcess.start({ dataDir: join(folder, 'data') });
    await engine.ready();
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads documents until it is stopped, and says how many are stored', async () => {
    const stop = await startIngest({
      ...{ address: engine.grpcAddress, kind: 'texts', documentsPerMessage: 4, seed: 1 },
      ...{ documentsPerSecond: 100, nice: 0 },
    });
    while (Number((await engine.client.getStatus({})).collections[0]?.documents ?? 0) === 0);
    const report = await stop();
    const { collections } = await engine.client.getStatus({});
    expect(report.documents).toBe(Number(collections[0]?.documents));
    expect(report.acknowledgement.count).toBe(report.documents / 4);
  });

  it('sends every kind of request, and an engine answers all', async () => {
    await engine.client.upsertDocument({ document: { id: 'v-0', body: 'a printer that reports an error' } });
    const queriesPath = join(folder, 'queries');
    writeFileSync(queriesPath, clusteredVectors(10, 384, 1));
    const report = await runLoad({
      ...{ address: engine.grpcAddress, serverPid: engine.pid, queriesPath, warmUpRequests: 12 },
      ...{ mix: Object.fromEntries(requestKinds.map((kind) => [kind, 1])), seconds: 3 },
      pace: { type: 'closed', inFlight: 8 },
    });
    expect(Object.keys(report.byKind).sort()).toEqual([...requestKinds].sort());
    expect(report.cpu.serverMain).toBeGreaterThan(0);
  });
});
