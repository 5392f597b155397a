// Clients that are not ours: Python's gRPC with the protos alone, and buf with nothing but reflection.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = join(root, 'node_modules/.bin/buf');

/** A Python that has gRPC, or null. Debian's python3-grpcio belongs to /usr/bin/python3, which may not be first in the path. */
async function pythonWithGrpc(): Promise<string | null> {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await run(python, ['-c', 'import grpc, google.protobuf']);
      return python;
    } catch {
      // Not this one; the caller says so when none is left.
    }
  }
  return null;
}

const python = await pythonWithGrpc();
if (python === null) console.log('skipped: no Python with gRPC (Debian: apt-get install python3-grpcio)');

test.skipIf(python === null)('a Python client ingests and searches with nothing but the protos', async () => {
  const folder = temporaryFolder();
  const descriptors = join(folder, 'kms.binpb');
  await run(buf, ['build', '--as-file-descriptor-set', '-o', descriptors], { cwd: root });
  const engine = await (await EngineProcess.start({ dataDir: join(folder, 'data') })).ready();
  const script = join(root, 'test/fixtures/foreign_client.py');
  const { stdout } = await run(python ?? '', [script, engine.grpcAddress, descriptors]);
  expect(JSON.parse(stdout)).toMatchObject({
    sequences: [1, 2, 3, 4],
    outcomes: [1, 1, 1, 3], // INDEXED, INDEXED, INDEXED, REJECTED
    rejected: ['documents[0].media_type'],
    hits: ['py-2', expect.any(String), expect.any(String)],
    filtered: ['py-1', 'py-3'],
    highlighted: expect.arrayContaining(['printer']),
    facets: [[true, 2]],
    understood: expect.arrayContaining(['printer', 'certificate']),
  });
  expect(await engine.stop()).toBe(0);
});

test('buf curl lists the services by reflection', async () => {
  const engine = await (await EngineProcess.start({ dataDir: temporaryFolder() })).ready();
  const address = `http://${engine.grpcAddress}`;
  const { stdout } = await run(buf, [
    'curl',
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    '--list-services',
    address,
  ]);
  const services = stdout.trim().split('\n');
  for (const name of ['IngestService', 'DocumentService', 'SearchService', 'AdminService']) {
    expect(services).toContain(`kms.v1.${name}`);
  }
  expect(await engine.stop()).toBe(0);
});
