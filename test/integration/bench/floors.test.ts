import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusteredVectors, rowBytes } from '../../../native-bench/bench-data.ts';
import { exampleAnswer, startEcho } from '../../../native-bench/floors/echo-floor.ts';
import { measureHnswFloor } from '../../../native-bench/floors/hnsw-floor.ts';
import { compiledWakeFloor, measureWakeFloor } from '../../../native-bench/floors/wake-floor.ts';
import { runLoad } from '../../../native-bench/load/load-process.ts';
import { createKmsClient } from '../../../src/grpc/client.ts';

const dimensions = 32;
const [count, queryCount, k] = [1_500, 20, 10];
const all = clusteredVectors(count + queryCount, dimensions, 1);
const vectors = all.subarray(0, count * dimensions);
const queries = all.subarray(count * dimensions);
const hasCompiler = spawnSync(process.env['CXX'] ?? 'c++', ['--version']).status === 0;

describe.skipIf(!hasCompiler)('the floor of the index', () => {
  it('finds more with a wider search, and computes more distances for it', async () => {
    const floor = await measureHnswFloor({ vectors, queries, k, dimensions, ef: [10, 400], threads: [1, 2] });
    expect(floor?.builds.map(({ threads }) => threads)).toEqual([1, 2]);
    const [narrow, , wide] = floor?.searches ?? [];
    expect(floor?.searches).toHaveLength(4);
    expect(wide?.recall).toBeGreaterThan(0.99);
    expect(wide?.recall).toBeGreaterThanOrEqual(narrow?.recall ?? 1);
    expect(wide?.distancesPerQuery).toBeGreaterThan(narrow?.distancesPerQuery ?? 0);
  });
});

describe.skipIf(!hasCompiler)('the floor of latency', () => {
  it('hands requests through a row of threads, and its p99 is no less than its p50', async () => {
    const floor = await measureWakeFloor({ perSecond: 200, seconds: 0.5, seed: 1 });
    expect(floor?.p50Ms).toBeGreaterThan(0);
    expect(floor?.p99Ms).toBeGreaterThanOrEqual(floor?.p50Ms ?? Number.POSITIVE_INFINITY);
  });

  it('says so when no request came', () => {
    const words = ['per_second=0.001', 'seconds=0.01', 'threads=2', 'work_us=1', 'seed=1'];
    const { status, stderr } = spawnSync(compiledWakeFloor() ?? '', words, { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('no request came');
  });
});

describe('the echo server', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kms-floors-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['messages', 'bytes'] as const)(
    'answers every search with what it was given, as %s',
    async (form) => {
      const answer = exampleAnswer();
      const embedding = rowBytes(vectors, dimensions, 3);
      const hits = [{ ...answer.hits?.[0], document: { id: 'v-1', embedding } }];
      const echo = await startEcho({ ...answer, hits }, form);
      const client = createKmsClient(echo.address);
      try {
        const reply = await client.search({ vector: rowBytes(queries, dimensions, 0) });
        expect(reply.hits[0]?.document).toMatchObject({ id: 'v-1', embedding });
        expect(reply.searchId).toBe(answer.searchId);
      } finally {
        client.close();
        await echo.stop();
      }
    },
  );

  it('is loaded by a process of its own, which reports answers, failures and lateness', async () => {
    const queriesPath = join(folder, 'queries');
    writeFileSync(queriesPath, queries);
    const echo = await startEcho();
    try {
      const pace = { type: 'open', perSecond: 200 } as const;
      // Search is all that the echo knows.
      const mix = { vector: 3, get: 1 };
      const load = { address: echo.address, queriesPath, dimensions, mix, pace, seconds: 0.5, mayFail: true };
      const report = await runLoad({ ...load, warmUpRequests: 4, serverPid: echo.pid });
      expect(report.byKind.vector?.errors).toEqual({});
      expect(report.byKind.vector?.answered).toBe(report.answered);
      expect(report.errors).toEqual(report.byKind.get?.errors);
      expect(Object.keys(report.errors)).toEqual(['UNIMPLEMENTED']);
      expect(report.lateness.count).toBe(report.answered + (report.errors['UNIMPLEMENTED'] ?? 0));
      await expect(runLoad({ ...load, mayFail: false, warmUpRequests: 4 })).rejects.toThrow(/UNIMPLEMENTED/);
    } finally {
      await echo.stop();
    }
  });
});
