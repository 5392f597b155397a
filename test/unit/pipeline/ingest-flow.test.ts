import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { KmsError } from '../../../src/base/errors.ts';
import type { Document } from '../../../src/model/document.ts';
import { CollectionRegistry } from '../../../src/pipeline/collection-registry.ts';
import { DocumentCredits } from '../../../src/pipeline/document-credits.ts';
import { IngestFlow } from '../../../src/pipeline/ingest-flow.ts';
import { KeyTurns } from '../../../src/pipeline/key-turns.ts';
import { SpaceRuntimes } from '../../../src/pipeline/space-runtimes.ts';
import { modelDimensions, modelStages, modelVector } from '../../support/model-actors.ts';
import { letterSpace, modelSpace, noMetrics, recordStore } from '../../support/model-space.ts';

const space = letterSpace('letters');
const call = { signal: new AbortController().signal, deadlineMs: null };

function document(id: string, body: string, more: Partial<Document> = {}): Document {
  const fixed = { title: '', mediaType: 'text/plain', updateTimeMs: null, embedding: null } as const;
  return { ...fixed, id, collection: 'cases', body, attributes: {}, ...more };
}

function flowOver(stages: ReturnType<typeof modelStages>) {
  const collections = new CollectionRegistry({ store: recordStore(), space, epochMs: () => 0 });
  const spaces = new SpaceRuntimes();
  spaces.add(modelSpace(space, stages, { embed: stages.embed, shards: [stages.shard] }));
  return new IngestFlow({
    spaces,
    collections,
    followers: { of: () => undefined },
    turns: new KeyTurns(),
    credits: new DocumentCredits(100),
    metrics: noMetrics,
  });
}

test('an unchanged document costs no cleaning, no embedding and no commit', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  const [first] = await flow.ingest([document('1', 'printer on fire')], call);
  const [second] = await flow.ingest([document('1', 'printer on fire')], call);
  expect(first).toEqual({ outcome: 'indexed', id: '1', commitSequence: 1 });
  expect(second).toEqual({ outcome: 'unchanged', id: '1', commitSequence: 1 });
  expect(stages.clean.calls).toHaveLength(1);
  expect(stages.embed.calls).toHaveLength(1);
  expect(stages.shard.calls.filter(({ task }) => task === 'commit')).toHaveLength(1);
});

test('a change of attributes only is written without embedding', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  await flow.ingest([document('1', 'printer on fire')], call);
  const results = await flow.ingest(
    [document('1', 'printer on fire', { attributes: { severity: 'high' } })],
    call,
  );
  expect(results[0]).toMatchObject({ outcome: 'indexed', commitSequence: 2 });
  expect(stages.embed.calls).toHaveLength(1);
  expect(stages.rows.get('cases/1')?.item.attributes).toEqual({ severity: 'high' });
});

test('a document that brings its vector is not embedded, and keeps its own', async () => {
  const stages = modelStages();
  const own = modelVector('own');
  await flowOver(stages).ingest([document('1', 'a|b', { embedding: own }), document('2', 'c|d')], call);
  expect(stages.embed.calls.map(({ request }) => request)).toEqual([{ texts: ['c', 'd'] }]);
  const commit = stages.shard.calls.find(({ task }) => task === 'commit')?.request as {
    vectors: Float32Array;
  };
  expect([...commit.vectors]).toEqual([...own, ...modelVector('c'), ...modelVector('d')]);
});

test('documents with their own vectors are asked about before they are cleaned only where the last ones were there already', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  const own = (body: string) => [document('1', body, { embedding: modelVector('own') })];
  const compares = () => stages.shard.calls.filter(({ task }) => task === 'compare').length;
  expect((await flow.ingest(own('a'), call))[0]).toMatchObject({ outcome: 'indexed', commitSequence: 1 });
  expect(compares()).toBe(0);
  // The commit finds it identical, and says so.
  expect((await flow.ingest(own('a'), call))[0]).toMatchObject({ outcome: 'unchanged', commitSequence: 1 });
  expect(compares()).toBe(0);
  expect((await flow.ingest(own('a'), call))[0]).toMatchObject({ outcome: 'unchanged', commitSequence: 1 });
  expect([compares(), stages.clean.calls.length]).toEqual([1, 2]);
  expect((await flow.ingest(own('b'), call))[0]).toMatchObject({ outcome: 'indexed', commitSequence: 2 });
  expect(compares()).toBe(2);
  expect((await flow.ingest(own('c'), call))[0]).toMatchObject({ outcome: 'indexed', commitSequence: 3 });
  expect(compares()).toBe(2);
});

test('a document whose thread died behind its commit is INDEXED, not unchanged', async () => {
  const stages = modelStages();
  const commit = stages.shard.ref.ask.bind(stages.shard.ref);
  let deaths = 0;
  stages.shard.ref.ask = (async (task: never, request: never, options: never) => {
    const reply = await commit(task, request, options);
    if (task !== 'commit' || deaths > 0) return reply;
    deaths += 1;
    throw new KmsError('actor_down', 'the thread exited before it could answer');
  }) as typeof commit;
  const documents = [document('1', 'a', { embedding: modelVector('own') }), document('2', 'b')];
  const results = await flowOver(stages).ingest(documents, call);
  expect(results).toEqual([
    { outcome: 'indexed', id: '1', commitSequence: 1 },
    { outcome: 'indexed', id: '2', commitSequence: 2 },
  ]);
  expect(deaths).toBe(1);
});

test('what a stage cannot do is rejected alone, with its reason, and its neighbours go on', async () => {
  const stages = modelStages({
    embed: {
      embed: ({ texts }) => ({
        vectors: new Float32Array(texts.length * modelDimensions).fill(0.5),
        cacheHits: 0,
        tokens: 0,
        failures: texts.flatMap((text, index) =>
          text === 'bad'
            ? [{ index, fault: { code: 'internal', message: 'no', violations: [], facts: {} } }]
            : [],
        ),
      }),
    },
  });
  const documents = [
    document('1', 'good'),
    document('2', ''),
    document('3', 'fine|bad'),
    document('4', 'good too'),
  ];
  const results = await flowOver(stages).ingest(documents, call);
  expect(results.map((result) => result.outcome)).toEqual(['indexed', 'rejected', 'rejected', 'indexed']);
  expect(results[1]).toMatchObject({ fault: { violations: [{ field: 'body' }] } });
  expect([...stages.rows.keys()]).toEqual(['cases/1', 'cases/4']);
});

test('the last of several documents with one id in a message is what stays', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  await flow.ingest([document('1', 'two')], call);
  const results = await flow.ingest([document('1', 'one'), document('1', 'two'), document('2', 'x')], call);
  expect(results.map((result) => result.outcome)).toEqual(['indexed', 'indexed', 'indexed']);
  expect(stages.rows.get('cases/1')?.item.body).toBe('two');
});

test('a later call for the same id never overtakes an earlier one that is still being embedded', async () => {
  const slow = deferred<void>();
  const stages = modelStages({
    embed: {
      embed: async ({ texts }) => {
        if (texts[0] === 'slow') await slow.promise;
        const vectors = new Float32Array(texts.length * modelDimensions).fill(0.5);
        return { vectors, cacheHits: 0, tokens: 0, failures: [] };
      },
    },
  });
  const flow = flowOver(stages);
  const first = flow.ingest([document('1', 'slow')], call);
  const second = flow.ingest([document('1', 'fast')], call);
  await flow.ingest([document('2', 'other')], call);
  expect(stages.rows.has('cases/1')).toBe(false);
  slow.resolve();
  await Promise.all([first, second]);
  expect(stages.rows.get('cases/1')?.item.body).toBe('fast');
});

test('an attributes-only change that meets other content is compared again and written whole', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  await flow.ingest([document('1', 'old')], call);
  const compare = stages.shard.ref.ask.bind(stages.shard.ref);
  let isFirst = true;
  stages.shard.ref.ask = (async (task: never, request: never, options: never) => {
    const reply = await compare(task, request, options);
    const row = stages.rows.get('cases/1');
    // Between compare and commit, somebody else writes other content.
    if (task === 'compare' && isFirst && row !== undefined) {
      isFirst = false;
      stages.rows.set('cases/1', { ...row, item: { ...row.item, contentHash: 'another' } });
    }
    return reply;
  }) as typeof stages.shard.ref.ask;
  const results = await flow.ingest([document('1', 'old', { attributes: { a: 1 } })], call);
  expect(results[0]).toMatchObject({ outcome: 'indexed' });
  expect(stages.rows.get('cases/1')?.item.content?.text).toBe('old');
});

test('delete says which documents there were', async () => {
  const stages = modelStages();
  const flow = flowOver(stages);
  await flow.ingest([document('1', 'x')], call);
  const keys = ['1', '2'].map((id) => ({ collection: 'cases', id }));
  expect(await flow.delete(keys, call)).toEqual([2, null]);
});
