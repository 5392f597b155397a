import { describe, expect, test } from 'vitest';
import type { ActorContext, TaskContext } from '../../../src/actor/actor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { KmsError } from '../../../src/base/errors.ts';
import { analyzeDocument } from '../../../src/lexical/analyze-text.ts';
import type { Document } from '../../../src/model/document.ts';
import { createCleanActor } from '../../../src/stages/clean/clean.actor.ts';
import { createExtractActor } from '../../../src/stages/extract/extract.actor.ts';

const spec = { provider: 'minilm', precision: 'int8' } as const;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function actorContext(): ActorContext & { units: number } {
  return {
    name: 'test',
    clock: systemClock,
    log: silent,
    units: 0,
    count: () => {},
    observe: () => {},
    progress() {
      this.units += 1;
    },
    giveWay: () => {},
    enterNativeCall: () => () => {},
    wake: () => {},
  };
}

function taskContext(giveWay: () => void = () => {}): TaskContext {
  return {
    lane: 'bulk',
    deadlineMs: null,
    signal: new AbortController().signal,
    giveWay,
    transfer: (reply) => reply,
  };
}

function documentOf(id: string, body: string): Document {
  return {
    collection: 'cases',
    id,
    title: '',
    body,
    mediaType: 'text/plain',
    attributes: {},
    updateTimeMs: null,
    embedding: null,
  };
}

describe('extract', () => {
  test('a bad document fails alone, and its neighbours keep their places', async () => {
    const context = actorContext();
    const actor = createExtractActor(context);
    await actor.start();
    const broken = { ...documentOf('3', 'x'), mediaType: 'image/png' } as unknown as Document;
    const documents = [documentOf('1', 'first'), documentOf('2', ''), broken, documentOf('4', 'last')];
    const { items } = await actor.tasks.extract({ documents, generation: 'g' }, taskContext());
    expect(items).toMatchObject([
      { status: 'ok', text: 'first' },
      { status: 'failed', fault: { code: 'invalid_argument' } },
      { status: 'failed', fault: { code: 'internal' } },
      { status: 'ok', text: 'last' },
    ]);
    expect(context.units).toBe(4);
    expect(actor.stats?.()).toEqual({ documents: 4, failures: 2 });
  });

  test('a cancelled batch stops between two documents', async () => {
    const actor = createExtractActor(actorContext());
    const cancelled = taskContext(() => {
      throw new KmsError('cancelled', 'gone');
    });
    const batch = { documents: [documentOf('1', 'a'), documentOf('2', 'b')], generation: 'g' };
    await expect(actor.tasks.extract(batch, cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    expect(actor.stats?.()).toMatchObject({ documents: 1 });
  });
});

describe('clean', () => {
  test('title and body become one cleaned text; one that vanishes fails alone', async () => {
    const actor = createCleanActor(actorContext(), { spec });
    await actor.start();
    const items = [
      { title: ' A\u200b\nB ', text: 'at  10:00:00', isChunked: true },
      { title: '', text: '\u200b', isChunked: true },
      { title: '', text: 'only body', isChunked: true },
    ];
    const reply = await actor.tasks.clean({ items }, taskContext());
    expect(reply.items).toEqual([
      {
        status: 'ok',
        text: 'A B\nat #',
        titleLength: 3,
        lexical: analyzeDocument('A B', 'at #'),
        chunks: [{ start: 0, end: 8, embedText: 'A B\nat #' }],
      },
      { status: 'failed', fault: expect.objectContaining({ code: 'invalid_argument' }) },
      {
        status: 'ok',
        text: 'only body',
        titleLength: 0,
        lexical: analyzeDocument('', 'only body'),
        chunks: [{ start: 0, end: 9, embedText: 'only body' }],
      },
    ]);
    await actor.stop();
  });

  test('a document with a vector of its own is one chunk, whatever its length', async () => {
    const actor = createCleanActor(actorContext(), { spec });
    await actor.start();
    const items = [
      { title: 't', text: 'word '.repeat(5_000), isChunked: false },
      { title: '', text: '', isChunked: false },
    ];
    const { items: replies } = await actor.tasks.clean({ items }, taskContext());
    expect(replies).toMatchObject([
      { chunks: [{ start: 0, end: 25_001, embedText: '' }] },
      { text: '', chunks: [{ start: 0, end: 0, embedText: '' }] },
    ]);
  });

  test('a text that Unicode normalisation blows up is refused by the size it would have', async () => {
    const actor = createCleanActor(actorContext(), { spec });
    await actor.start();
    const items = [{ title: '', text: '\ufdfa'.repeat(1_000_000), isChunked: true }];
    const { items: replies } = await actor.tasks.clean({ items }, taskContext());
    expect(replies).toMatchObject([
      { status: 'failed', fault: { code: 'invalid_argument', facts: { units: 18_000_000 } } },
    ]);
  });

  test('a long text shows life while it is cut', async () => {
    const context = actorContext();
    const actor = createCleanActor(context, { spec });
    await actor.start();
    await actor.tasks.clean(
      { items: [{ title: '', text: 'word '.repeat(100_000), isChunked: true }] },
      taskContext(),
    );
    expect(context.units).toBeGreaterThan(40);
  });

  test('a long text shows life while its words are taken, too', async () => {
    const context = actorContext();
    const actor = createCleanActor(context, { spec });
    await actor.start();
    await actor.tasks.clean(
      { items: [{ title: '', text: 'c#'.repeat(512 * 1024), isChunked: false }] },
      taskContext(),
    );
    expect(context.units).toBeGreaterThan(40);
  });
});
