// Writes and switches in an order that a test decides: what is acknowledged is in the generation that answers.

import { expect, test } from 'vitest';
import { type Deferred, deferred } from '../../../../src/base/deferred.ts';
import { KmsError } from '../../../../src/base/errors.ts';
import type { Document } from '../../../../src/model/document.ts';
import { generationOf } from '../../../../src/model/vector-space.ts';
import { CollectionRegistry } from '../../../../src/pipeline/collection-registry.ts';
import { DocumentCredits } from '../../../../src/pipeline/document-credits.ts';
import { IngestFlow } from '../../../../src/pipeline/ingest-flow.ts';
import { KeyTurns } from '../../../../src/pipeline/key-turns.ts';
import { CollectionFollowers } from '../../../../src/pipeline/reembed/collection-followers.ts';
import { SpaceRuntimes } from '../../../../src/pipeline/space-runtimes.ts';
import type { IndexTasks } from '../../../../src/stages/index/index-messages.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { modelStages, modelVector } from '../../../support/model-actors.ts';
import {
  collectionRecord,
  letterSpace,
  modelSpace,
  noMetrics,
  recordStore,
} from '../../../support/model-space.ts';

const call = { signal: new AbortController().signal, deadlineMs: null };
const [oldSpace, newSpace] = [letterSpace('old'), letterSpace('new')];
const [oldGeneration, newGeneration] = [generationOf(oldSpace), generationOf(newSpace)];

function document(id: string, body: string): Document {
  const fixed = { title: '', mediaType: 'text/plain', updateTimeMs: null, embedding: null } as const;
  return { ...fixed, id, collection: 'cases', body, attributes: {} };
}

/** A space whose shard can be read, too; its embedding waits for `gate`, or fails with what is in `fault`. */
function readableStages() {
  const control: { gate: Deferred<void> | null; fault: KmsError | null } = { gate: null, fault: null };
  const stored = (key: { collection: string; id: string }) => {
    const row = stages.rows.get(`${key.collection}/${key.id}`);
    if (row === undefined) return null;
    const { content, attributesHash, ...item } = row.item;
    const written = { commitSequence: row.commitSequence, commitTimeMs: 0, generation: 'g' };
    return { ...item, ...written, chunkCount: 1, vectors: null };
  };
  const reads: Partial<{
    [K in keyof IndexTasks]: (request: IndexTasks[K]['request']) => IndexTasks[K]['reply'];
  }> = {
    fetch: ({ keys }) => ({
      documents: keys.map((key) => {
        const found = stored(key);
        return found === null ? null : { document: found, snippet: '', highlights: [], matchedTerms: [] };
      }),
    }),
    list: ({ afterId, limit }) => ({
      documents: [...stages.rows.values()]
        .flatMap(({ item }) => stored(item) ?? [])
        .filter(({ id }) => afterId === null || id > afterId)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
      lastId: null,
    }),
    collections: () => ({ collections: [] }),
  };
  const stages = modelStages({
    shard: reads,
    embed: {
      embed: async ({ texts }) => {
        await control.gate?.promise;
        if (control.fault !== null) throw control.fault;
        const vectors = new Float32Array(texts.length * 4);
        for (const [i, text] of texts.entries()) vectors.set(modelVector(text), i * 4);
        return { vectors, cacheHits: 0, tokens: 0, failures: [] };
      },
    },
  });
  return { stages, control };
}

function twoGenerations() {
  const [before, after] = [readableStages(), readableStages()];
  const spaces = new SpaceRuntimes();
  for (const [space, { stages }] of [[oldSpace, before] as const, [newSpace, after] as const])
    spaces.add(modelSpace(space, stages, { embed: stages.embed, shards: [stages.shard] }));
  const store = recordStore([collectionRecord('cases', oldGeneration)]);
  const collections = new CollectionRegistry({ store, space: oldSpace, epochMs: () => 0 });
  const turns = new KeyTurns();
  const clock = new ManualClock();
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const followers = new CollectionFollowers({ collections, spaces, turns, clock, log });
  const credits = new DocumentCredits(100);
  const flow = new IngestFlow({ spaces, collections, followers, turns, credits, metrics: noMetrics });
  const bodiesIn = ({ stages }: typeof before) =>
    Object.fromEntries([...stages.rows].map(([key, { item }]) => [key, item.body]));
  const start = () =>
    collections.update('cases', { target: newGeneration }, () => {
      followers.follow({ collection: 'cases', generation: newGeneration, isLevel: false });
      return true;
    });
  const isLevel = () => expect.poll(() => followers.of('cases')?.isLevel).toBe(true);
  return { before, after, collections, followers, flow, clock, bodiesIn, start, isLevel };
}

test('a second generation gets what was there, what is written meanwhile, and nothing that was deleted', async () => {
  const { before, after, flow, start, isLevel, bodiesIn, followers } = twoGenerations();
  await flow.ingest([document('1', 'one'), document('2', 'two')], call);
  after.control.gate = deferred();
  await start();
  const live = flow.ingest([document('3', 'three'), document('1', 'changed')], call);
  await flow.delete([{ collection: 'cases', id: '2' }], call);
  after.control.gate.resolve();
  await live;
  await isLevel();
  expect(bodiesIn(after)).toEqual({ 'cases/1': 'changed', 'cases/3': 'three' });
  expect(bodiesIn(after)).toEqual(bodiesIn(before));
  await followers.stop();
});

test('a write is acknowledged although the second model fails, and is brought there when it works again', async () => {
  const { before, after, flow, start, isLevel, bodiesIn, followers, clock } = twoGenerations();
  after.control.fault = new KmsError('unavailable', 'the service is down');
  await start();
  const [result] = await flow.ingest([document('1', 'one')], call);
  expect(result).toMatchObject({ outcome: 'indexed' });
  expect(followers.of('cases')?.isLevel).toBe(false);
  after.control.fault = null;
  await expect
    .poll(() => {
      clock.advance(1_000);
      return followers.of('cases')?.isLevel;
    })
    .toBe(true);
  await isLevel();
  expect(bodiesIn(after)).toEqual(bodiesIn(before));
  await followers.stop();
});

test('a write that a switch overtakes is acknowledged only when the generation that answers has it', async () => {
  const { before, after, collections, flow, start, isLevel, bodiesIn, followers } = twoGenerations();
  await start();
  await isLevel();
  before.control.gate = deferred();
  let isAcknowledged = false;
  const write = flow.ingest([document('1', 'one')], call).then(() => {
    isAcknowledged = true;
    return bodiesIn(after);
  });
  const old = followers.of('cases');
  const change = { generation: newGeneration, target: null, previous: oldGeneration };
  await collections.update('cases', change, () => {
    followers.follow({ collection: 'cases', generation: oldGeneration, isLevel: true });
    return true;
  });
  await old?.stop();
  expect(isAcknowledged).toBe(false);
  before.control.gate.resolve();
  expect(await write).toEqual({ 'cases/1': 'one' });
  await isLevel();
  expect(bodiesIn(before)).toEqual(bodiesIn(after));
  await followers.stop();
});

test('a write that both generations had before the switch is INDEXED, not unchanged', async () => {
  const { after, collections, flow, start, isLevel, followers, bodiesIn } = twoGenerations();
  await start();
  await isLevel();
  const decided = deferred<void>();
  followers.of('cases')?.holdAcknowledgements(decided.promise);
  const write = flow.ingest([document('1', 'one')], call);
  await expect.poll(() => bodiesIn(after)).toEqual({ 'cases/1': 'one' });
  const change = { generation: newGeneration, target: null, previous: oldGeneration };
  await collections.update('cases', change, () => true);
  decided.resolve();
  const { commitSequence } = after.stages.rows.get('cases/1') ?? {};
  expect(await write).toEqual([{ outcome: 'indexed', id: '1', commitSequence }]);
  await followers.stop();
});

test('a write waits while a switch is being decided, and then knows who answers', async () => {
  const { after, flow, start, isLevel, followers, bodiesIn } = twoGenerations();
  await start();
  await isLevel();
  const decided = deferred<void>();
  followers.of('cases')?.holdAcknowledgements(decided.promise);
  let isAcknowledged = false;
  const write = flow.ingest([document('1', 'one')], call).then(() => {
    isAcknowledged = true;
  });
  await expect.poll(() => bodiesIn(after)).toEqual({ 'cases/1': 'one' });
  // A whole write of another collection later, nothing but the switch can be what it waits for.
  await flow.ingest([{ ...document('9', 'other'), collection: 'articles' }], call);
  expect(isAcknowledged).toBe(false);
  decided.resolve();
  await write;
  await followers.stop();
});
