// The promise of an acknowledgement, under `kill -9`: rounds of random writes, each cut off at a random moment.

import { expect, test } from 'vitest';
import type { Document } from '../../src/grpc/generated/kms/v1/Document.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { IngestStream } from '../support/ingest-stream.ts';
import { randomFrom, unitVector, wholeBetween } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const rounds = Number(process.env['KMS_TEST_KILL_ROUNDS'] ?? 50);
const seed = Number(process.env['KMS_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const dimensions = 384;

/** What a key may hold after a crash: the last acknowledged version, or any that was sent after it. */
interface Expected {
  /** 0: deleted, or never written. */
  acknowledged: number;
  readonly sentSince: Set<number>;
}

/** Small numbers, so that 50 rounds see many snapshots, graph moves and updates of documents in the graph. */
const env = { KMS_SNAPSHOT_CHANGES: '100', KMS_INDEX_EXACT_MAX: '20', KMS_LOG_LEVEL: 'info' };

const vectorOf = (id: string, version: number) =>
  unitVector(randomFrom(Number(id) * 1_000_003 + version), dimensions);
const bytesOf = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** Most documents bring their vectors, which makes writes fast; every tenth goes through the whole line. */
const isEmbeddedHere = (id: string) => Number(id) % 10 === 0;
const nameOf = (id: string, version: number) => `REF_${id}_${version}`;
const bodyOf = (id: string, version: number) => `version ${version} of case ${id}: ${nameOf(id, version)}`;

function documentOf(id: string, version: number): Document {
  const document = { id, body: bodyOf(id, version), attributes: { version: { numberValue: version } } };
  return isEmbeddedHere(id) ? document : { ...document, embedding: bytesOf(vectorOf(id, version)) };
}

test(`whatever was acknowledged survives ${rounds} kills at random moments, once`, {
  timeout: 20 * 60_000,
}, async () => {
  console.log(`seed ${seed} (KMS_TEST_SEED repeats it)`);
  const random = randomFrom(seed);
  const dataDir = temporaryFolder();
  const expected = new Map<string, Expected>();
  let version = 0;

  for (let round = 1; round <= rounds; round++) {
    const engine = await (await EngineProcess.start({ dataDir, env })).ready();
    await checkContents(engine, expected, random, round === rounds ? expected.size : 40);
    const killAfterMs = wholeBetween(random, 0, 400);
    let isDead = false;
    const death = new Promise<void>((resolve) => {
      setTimeout(() => {
        isDead = true;
        void engine.kill().then(resolve);
      }, killAfterMs);
    });
    await writeUntil(
      () => isDead,
      engine,
      random,
      expected,
      () => ++version,
    );
    await death;
  }
  const engine = await (await EngineProcess.start({ dataDir, env })).ready();
  await checkContents(engine, expected, random, expected.size);
  expect(await engine.stop()).toBe(0);
});

/** Writes and deletes, several messages in flight, noting what was sent and what was acknowledged. */
async function writeUntil(
  isOver: () => boolean,
  engine: EngineProcess,
  random: () => number,
  expected: Map<string, Expected>,
  nextVersion: () => number,
): Promise<void> {
  const stream = new IngestStream(engine.client);
  const inFlight = new Set<Promise<void>>();
  const busy = new Set<string>();
  const track = (work: Promise<void>, ids: readonly string[]) => {
    // A broken stream is what this test is about; what it leaves open is settled by the next round's check.
    const tracked = work
      .catch(() => undefined)
      .finally(() => {
        inFlight.delete(tracked);
        for (const id of ids) busy.delete(id);
      });
    inFlight.add(tracked);
  };
  while (!isOver()) {
    const ids = new Set<string>();
    const count = wholeBetween(random, 1, 40);
    for (let i = 0; i < count; i++) {
      const id = String(wholeBetween(random, 1, 2_000));
      if (!busy.has(id)) ids.add(id);
    }
    for (const id of ids) busy.add(id);
    const first = [...ids][0];
    if (first !== undefined && random() < 0.1) {
      for (const id of ids) if (id !== first) busy.delete(id);
      track(deleteOne(engine, first, expected), [first]);
    } else {
      track(upsert(stream, [...ids], nextVersion, expected), [...ids]);
    }
    await stream.writable();
    if (inFlight.size >= 4) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
}

async function upsert(
  stream: IngestStream,
  ids: readonly string[],
  nextVersion: () => number,
  expected: Map<string, Expected>,
): Promise<void> {
  const versions = new Map(ids.map((id) => [id, nextVersion()]));
  for (const [id, version] of versions) entryOf(expected, id).sentSince.add(version);
  const response = await stream.send([...versions].map(([id, version]) => documentOf(id, version)));
  for (const { id, outcome } of response.results) {
    expect(outcome).toBe('OUTCOME_INDEXED');
    acknowledge(expected, id, versions.get(id) ?? 0);
  }
}

async function deleteOne(engine: EngineProcess, id: string, expected: Map<string, Expected>): Promise<void> {
  entryOf(expected, id).sentSince.add(0);
  try {
    await engine.client.deleteDocument({ collection: 'cases', id });
  } catch (error) {
    if (!String(error).includes('NOT_FOUND')) throw error;
  }
  acknowledge(expected, id, 0);
}

function entryOf(expected: Map<string, Expected>, id: string): Expected {
  const entry = expected.get(id) ?? { acknowledged: 0, sentSince: new Set<number>() };
  expected.set(id, entry);
  return entry;
}

function acknowledge(expected: Map<string, Expected>, id: string, version: number): void {
  const entry = entryOf(expected, id);
  entry.acknowledged = version;
  entry.sentSince.clear();
}

/** The whole list once, then `samples` keys by id and by search. What is found settles what was in doubt. */
async function checkContents(
  engine: EngineProcess,
  expected: Map<string, Expected>,
  random: () => number,
  samples: number,
): Promise<void> {
  if (expected.size === 0) return;
  const found = await listAll(engine);
  for (const [id, entry] of expected) {
    const version = found.get(id) ?? 0;
    const allowed = new Set([entry.acknowledged, ...entry.sentSince]);
    expect(allowed, `case ${id} holds version ${version}`).toContain(version);
    acknowledge(expected, id, version);
  }
  for (const id of found.keys()) expect(expected.has(id)).toBe(true);
  const ids = [...expected.keys()];
  const chosen =
    samples >= ids.length
      ? ids
      : Array.from({ length: samples }, () => ids[Math.floor(random() * ids.length)]);
  for (const id of chosen)
    if (id !== undefined) await checkOne(engine, id, entryOf(expected, id).acknowledged);
}

async function listAll(engine: EngineProcess): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let pageToken = '';
  do {
    const page = await engine.client
      .listDocuments({ collection: 'cases', pageSize: 500, pageToken })
      .catch((error: unknown) => {
        // A kill before the first commit leaves no collection.
        if (String(error).includes('NOT_FOUND')) return { documents: [], nextPageToken: '' };
        throw error;
      });
    for (const document of page.documents) {
      expect(found.has(document.id), `case ${document.id} is listed once`).toBe(false);
      found.set(document.id, document.attributes['version']?.numberValue ?? 0);
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found;
}

async function checkOne(engine: EngineProcess, id: string, version: number): Promise<void> {
  const get = engine.client.getDocument({ collection: 'cases', id });
  if (version === 0) {
    await expect(get).rejects.toThrow('NOT_FOUND');
    return;
  }
  expect((await get).document?.body).toBe(bodyOf(id, version));
  const { hits } = await engine.client.search({
    ...(isEmbeddedHere(id) ? { text: bodyOf(id, version) } : { vector: bytesOf(vectorOf(id, version)) }),
    mode: 'SEARCH_MODE_SEMANTIC',
    collections: ['cases'],
    limit: 5,
  });
  expect(hits[0]?.document?.id).toBe(id);
  expect(hits[0]?.cosine).toBeGreaterThan(0.999);
  expect(new Set(hits.map((hit) => hit.document?.id)).size).toBe(hits.length);
  const byWords = await engine.client.search({
    text: nameOf(id, version),
    mode: 'SEARCH_MODE_LEXICAL',
    collections: ['cases'],
    limit: 5,
  });
  expect(byWords.hits[0]?.document?.id).toBe(id);
  expect(byWords.hits[0]?.document?.body).toBe(bodyOf(id, version));
  expect(new Set(byWords.hits.map((hit) => hit.document?.id)).size).toBe(byWords.hits.length);
}
