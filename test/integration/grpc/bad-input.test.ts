// Every kind of bad input gets its status and names its field; in a stream its neighbours go on.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Document } from '../../../src/grpc/generated/kms/v1/Document.ts';
import type { IngestResponse__Output } from '../../../src/grpc/generated/kms/v1/IngestResponse.ts';
import type { ListDocumentsRequest } from '../../../src/grpc/generated/kms/v1/ListDocumentsRequest.ts';
import type { SearchRequest } from '../../../src/grpc/generated/kms/v1/SearchRequest.ts';
import { PageTokens } from '../../../src/grpc/page-token.ts';
import { limits } from '../../../src/model/limits.ts';
import {
  exchange,
  failureOf,
  floats,
  type GrpcHarness,
  startGrpcHarness,
} from '../../support/grpc-harness.ts';
import { field, frame, RawGrpcClient, replyOf } from '../../support/grpc-raw-client.ts';

const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;

let harness: GrpcHarness;
let raw: RawGrpcClient;
beforeAll(async () => {
  harness = await startGrpcHarness();
  raw = await RawGrpcClient.open(harness.port);
  await harness.client.upsertDocument({ document: { id: 'stands', title: 't' } });
});
afterAll(async () => {
  raw.close();
  await harness.stop();
});

const many = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => item(index));
const attributes = (value: object) => ({ attributes: { name: value } }) as Partial<Document>;

const badDocuments: readonly [kind: string, document: Partial<Document>, field: string, says: string][] = [
  ['an empty id', { id: '' }, 'id', 'is empty'],
  ['an oversized id', { id: 'é'.repeat(257) }, 'id', 'has 514 bytes: at most 512'],
  ['an id with control characters', { id: 'a\nb' }, 'id', 'control characters'],
  ['an oversized title', { title: 'x'.repeat(4097) }, 'title', 'has 4097 bytes'],
  ['an oversized body', { body: 'x'.repeat(limits.bodyBytesMax + 1) }, 'body', 'bytes: at most 4194304'],
  ['neither title nor body', { title: '', body: '' }, 'body', 'is empty'],
  ['a bad collection name', { collection: 'Über Alles' }, 'collection', 'is "Über Alles"'],
  ['an oversized collection name', { collection: 'c'.repeat(65) }, 'collection', '1 to 64'],
  [
    'an unknown media type',
    { mediaType: 'application/pdf' },
    'media_type',
    'one of text/plain, text/markdown',
  ],
  ['a vector with NaN', { embedding: floats(1, Number.NaN, 0, 0) }, 'embedding', 'NaN at index 1'],
  ['a vector with infinity', { embedding: floats(1, 0, 0, -Infinity) }, 'embedding', '-Infinity at index 3'],
  ['a vector of the wrong length', { embedding: floats(1, 2, 3) }, 'embedding', 'has 3 values'],
  ['a vector of broken floats', { embedding: Buffer.alloc(15) }, 'embedding', 'has 15 bytes'],
  ['a zero vector', { embedding: floats(0, 0, 0, 0) }, 'embedding', 'all zero'],
  [
    'an attribute that is not finite',
    attributes({ numberValue: Number.NaN }),
    'attributes["name"].number_value',
    'NaN',
  ],
  ['an attribute without a value', attributes({}), 'attributes["name"]', 'has no value'],
  [
    'an oversized attribute',
    attributes({ stringValue: 'x'.repeat(8193) }),
    'attributes["name"].string_value',
    'has 8193 bytes',
  ],
  [
    'a list of too many texts',
    attributes({ stringListValue: { values: many(257, String) } }),
    'attributes["name"].string_list_value.values',
    'has 257 texts',
  ],
  [
    'a list of too many bytes',
    attributes({ stringListValue: { values: many(9, () => 'x'.repeat(1000)) } }),
    'attributes["name"].string_list_value.values',
    'has 9000 bytes',
  ],
  [
    'too many attributes',
    { attributes: Object.fromEntries(many(65, (index) => [`a${index}`, { boolValue: true }])) },
    'attributes',
    'has 65 attributes',
  ],
  [
    'an attribute name that sets a prototype',
    { attributes: JSON.parse('{"__proto__": {"boolValue": true}}') },
    'attributes["__proto__"]',
    'not allowed',
  ],
  [
    'a time attribute out of range',
    attributes({ timeValue: { seconds: '253402300800' } }),
    'attributes["name"].time_value',
    'seconds',
  ],
  [
    'an update time out of range',
    { updateTime: { seconds: '-62135596801' } },
    'update_time',
    'seconds -62135596801',
  ],
  ['an update time with bad nanos', { updateTime: { seconds: 0, nanos: -1 } }, 'update_time', 'nanos -1'],
];

describe('documents', () => {
  const good = { id: 'good', title: 'good' };

  test.each(badDocuments)('%s is refused by name, and only that document', async (_kind, bad, path, says) => {
    const { client } = harness;
    const document = { ...good, ...bad } as Document;

    const failure = await failureOf(client.upsertDocument({ document }));
    expect(failure).toMatchObject({ code: INVALID_ARGUMENT, domain: 'kms', retryDelayMs: null });
    expect(failure.violations).toHaveLength(1);
    expect(failure.violations[0]?.field).toBe(`document.${path}`);
    expect(failure.violations[0]?.description).toContain(says);

    const [response] = await exchange(client.ingest(), [{ sequence: 7, documents: [good, document, good] }]);
    expect(outcomes(response)).toEqual(['kept', 'OUTCOME_REJECTED', 'kept']);
    const error = response?.results[1]?.error;
    expect(error).toMatchObject({ code: INVALID_ARGUMENT, retryable: false });
    expect(error?.fieldViolations).toEqual([
      { field: `documents[1].${path}`, description: failure.violations[0]?.description },
    ]);
  });

  test('all faults of a document are reported together', async () => {
    const failure = await failureOf(
      harness.client.upsertDocument({
        document: {
          id: '',
          title: 'x'.repeat(5000),
          mediaType: 'nonsense',
          embedding: floats(1),
          collection: '-',
        },
      }),
    );
    expect(failure.reason).toBe('INVALID_ARGUMENT');
    expect(failure.violations.map(({ field }) => field).sort()).toEqual([
      'document.collection',
      'document.embedding',
      'document.id',
      'document.media_type',
      'document.title',
    ]);
  });

  test('a vector of the wrong length has a reason of its own, with both lengths', async () => {
    const failure = await failureOf(
      harness.client.upsertDocument({ document: { ...good, embedding: floats(1, 2, 3) } }),
    );
    expect(failure).toMatchObject({
      code: INVALID_ARGUMENT,
      reason: 'DIMENSION_MISMATCH',
      metadata: { expectedDimensions: '4', receivedDimensions: '3' },
    });
  });

  test('no document at all is refused', async () => {
    const { client } = harness;
    expect((await failureOf(client.upsertDocument({}))).violations[0]?.field).toBe('document');
    expect((await failureOf(client.batchUpsertDocuments({}))).violations[0]?.field).toBe('documents');
    expect((await failureOf(client.getDocument({}))).violations[0]?.field).toBe('id');
    expect((await failureOf(client.deleteDocument({ id: 'a', collection: '!' }))).violations[0]?.field).toBe(
      'collection',
    );
  });

  test('too many documents are refused as a whole, and the stream goes on', async () => {
    const { client } = harness;
    const documents = many(limits.documentsPerMessageMax + 1, (index) => ({ id: `n${index}`, title: 't' }));
    expect(await failureOf(client.batchUpsertDocuments({ documents }))).toMatchObject({
      code: INVALID_ARGUMENT,
      violations: [{ field: 'documents' }],
    });
    const responses = await exchange(client.ingest(), [
      { sequence: 1, documents },
      { sequence: 2, documents: [good] },
    ]);
    expect(responses[0]).toMatchObject({ sequence: '1', results: [], error: { reason: 'INVALID_ARGUMENT' } });
    expect(outcomes(responses[1])).toEqual(['kept']);
    await failureOf(client.getDocument({ id: 'n0' }));
  });

  test('the empty media type and collection are text/plain and cases', async () => {
    await harness.client.upsertDocument({
      document: { id: 'defaults', title: 't', mediaType: '', collection: '' },
    });
    expect((await harness.client.getDocument({ id: 'defaults' })).document).toMatchObject({
      mediaType: 'text/plain',
      collection: 'cases',
    });
  });

  test('many faults give bounded trailers that say how many there are', async () => {
    const bad = Object.fromEntries(
      many(64, (index) => [`${index}-${'ü'.repeat(500)}`, { numberValue: Infinity }]),
    );
    const failure = await failureOf(
      harness.client.upsertDocument({ document: { ...good, attributes: bad } }),
    );
    expect(failure.code).toBe(INVALID_ARGUMENT);
    expect(failure.violations.length).toBeLessThan(64);
    expect(failure.violations.at(-1)?.description).toMatch(/^and \d+ more$/);
  });
});

describe('searches', () => {
  const bad: readonly [kind: string, request: SearchRequest, field: string][] = [
    ['neither text nor vector', {}, 'query'],
    ['both text and vector', { text: 'x', vector: floats(1, 0, 0, 0) }, 'query'],
    ['an empty text', { text: '' }, 'text'],
    ['a text of white space', { text: ' \n\t' }, 'text'],
    ['a text that nobody can see', { text: '\u200b\u2060' }, 'text'],
    ['an oversized text', { text: 'x'.repeat(limits.queryBytesMax + 1) }, 'text'],
    ['a vector with NaN', { vector: floats(Number.NaN, 0, 0, 0) }, 'vector'],
    ['a vector of the wrong length', { vector: floats(1, 0, 0, 0, 0) }, 'vector'],
    ['a zero vector', { vector: floats(0, 0, 0, 0) }, 'vector'],
    ['a negative limit', { text: 'x', limit: -1 }, 'limit'],
    ['an oversized limit', { text: 'x', limit: 1001 }, 'limit'],
    ['a negative ef', { text: 'x', ef: -5 }, 'ef'],
    ['an oversized ef', { text: 'x', ef: 4097 }, 'ef'],
    ['an unknown mode', { text: 'x', mode: 99 as never }, 'mode'],
    ['a vector by its words', { vector: floats(1, 0, 0, 0), mode: 'SEARCH_MODE_LEXICAL' }, 'mode'],
    ['an unknown syntax', { text: 'x', querySyntax: 99 as never }, 'query_syntax'],
    ['a negative offset', { text: 'x', offset: -1 }, 'offset'],
    ['an offset beyond the last page', { text: 'x', offset: 995 }, 'offset'],
    [
      'a filter without a condition',
      { text: 'x', filter: { allOf: { filters: [{}] } } },
      'filter.all_of.filters[0]',
    ],
    ['a facet without a name', { text: 'x', facets: [{}] }, 'facets[0].field'],
    ['a boost by nothing', { text: 'x', boosts: [{ factor: 2 }] }, 'boosts[0].filter'],
    [
      'a weight beyond one',
      { text: 'x', fusion: { convex: { semanticWeight: 2 } } },
      'fusion.convex.semantic_weight',
    ],
    ['a half-life of nothing', { text: 'x', recency: { halfLife: { seconds: 0 } } }, 'recency.half_life'],
    ['a budget of an hour', { text: 'x', rerank: { budget: { seconds: 3_600 } } }, 'rerank.budget'],
    ['a bad collection name', { text: 'x', collections: ['kb', 'A'] }, 'collections[1]'],
    ['an empty collection name', { text: 'x', collections: [''] }, 'collections[0]'],
    ['too many collections', { text: 'x', collections: many(65, (index) => `c${index}`) }, 'collections'],
    [
      'a commit sequence that no number holds',
      { text: 'x', minCommitSequence: '9007199254740993' },
      'min_commit_sequence',
    ],
  ];

  test.each(bad)('%s is refused by name, alone, in a batch and in a stream', async (_kind, request, path) => {
    const { client } = harness;
    const failure = await failureOf(client.search(request));
    expect(failure.code).toBe(INVALID_ARGUMENT);
    expect(failure.violations.map((violation) => violation.field)).toEqual([path]);

    const batch = await failureOf(client.batchSearch({ requests: [{ text: 'x' }, request] }));
    expect(batch.violations.map((violation) => violation.field)).toEqual([`requests[1].${path}`]);

    const [answer] = await exchange(client.searchStream(), [{ requestId: '1', search: request }]);
    expect(answer?.error?.fieldViolations.map((violation) => violation.field)).toEqual([`search.${path}`]);
  });

  test('a batch of none, of too many searches and of too many hits is refused', async () => {
    const { client } = harness;
    for (const requests of [
      [],
      many(257, () => ({ text: 'x' })),
      many(11, () => ({ text: 'x', limit: 1000 })),
      many(11, () => ({ text: 'x', limit: 1, offset: 999 })),
    ]) {
      const failure = await failureOf(client.batchSearch({ requests }));
      expect(failure).toMatchObject({ code: INVALID_ARGUMENT, violations: [{ field: 'requests' }] });
    }
  });

  test('a request id that is too long is refused and not sent back', async () => {
    const [answer] = await exchange(harness.client.searchStream(), [
      { requestId: 'r'.repeat(129), search: { text: 'x' } },
    ]);
    expect(answer).toMatchObject({ requestId: '', error: { fieldViolations: [{ field: 'request_id' }] } });
  });
});

describe('pages', () => {
  const tokens = new PageTokens('ListDocuments', 'collection');
  const token = tokens.encode('cases', 'stands');
  const bad: readonly [kind: string, request: ListDocumentsRequest, field: string, says: string][] = [
    ['a negative page size', { pageSize: -1 }, 'page_size', 'is -1'],
    ['an oversized page size', { pageSize: 1001 }, 'page_size', '1 to 1000'],
    ['a token that is none', { pageToken: 'next please' }, 'page_token', 'is damaged'],
    ['a changed token', { pageToken: `${token.slice(0, -2)}AA` }, 'page_token', 'is damaged'],
    ['a shortened token', { pageToken: token.slice(0, 5) }, 'page_token', 'is damaged'],
    [
      'a token of another collection',
      { pageToken: tokens.encode('kb', 'x') },
      'page_token',
      'another collection',
    ],
    [
      'a token of another filter',
      { pageToken: token, filter: { exists: 'product' } },
      'page_token',
      'another collection or filter',
    ],
    ['a filter without a condition', { filter: { negated: {} } }, 'filter.negated', 'is empty'],
    ['an oversized token', { pageToken: 'A'.repeat(1_000_000) }, 'page_token', 'is damaged'],
  ];

  test.each(bad)('%s is refused by name', async (_kind, request, path, says) => {
    const failure = await failureOf(harness.client.listDocuments(request));
    expect(failure).toMatchObject({ code: INVALID_ARGUMENT, violations: [{ field: path }] });
    expect(failure.violations[0]?.description).toContain(says);
  });

  test('a collection that does not exist is not found', async () => {
    expect(await failureOf(harness.client.listDocuments({ collection: 'nowhere' }))).toMatchObject({
      code: 5,
      metadata: { collection: 'nowhere' },
    });
  });
});

describe('bytes', () => {
  const notUtf8 = Buffer.from([0x61, 0xff, 0x62]);

  test('a string that is not UTF-8 is refused by name', async () => {
    const search = await raw.unary('SearchService/Search', field(1, notUtf8));
    expect(search.code).toBe(INVALID_ARGUMENT);
    expect(search.details?.violations).toEqual([{ field: 'text', description: 'is not valid UTF-8' }]);

    const attribute = field(6, Buffer.concat([field(1, 'key'), field(2, field(1, notUtf8))]));
    const upsert = await raw.unary(
      'DocumentService/UpsertDocument',
      field(1, Buffer.concat([field(1, 'id'), field(3, notUtf8), attribute])),
    );
    expect(upsert.code).toBe(INVALID_ARGUMENT);
    expect(upsert.details?.violations.map((violation) => violation.field)).toEqual([
      'document.title',
      'document.attributes[0].value.string_value',
    ]);
  });

  test('the replacement character itself is a character like any other', async () => {
    await harness.client.upsertDocument({ document: { id: 'fffd', title: 'a\uFFFDb' } });
    expect((await harness.client.getDocument({ id: 'fffd' })).document?.title).toBe('a\uFFFDb');
  });

  test('in a stream only the document that is not UTF-8 is rejected', async () => {
    const stream = raw.call('IngestService/Ingest');
    const document = (id: string | Buffer, title: string | Buffer) =>
      field(2, Buffer.concat([field(1, id), field(3, title)]));
    const batch = [
      document('u1', 'fine'),
      document('u2', notUtf8),
      document(notUtf8, 'fine'),
      document('u3', 'fine'),
    ];
    stream.end(frame(Buffer.concat(batch)));
    const reply = await replyOf(stream);
    expect(reply.code).toBe(0);
    for (const id of ['u1', 'u3'])
      expect((await harness.client.getDocument({ id })).document?.title).toBe('fine');
    expect(await failureOf(harness.client.getDocument({ id: 'u2' }))).toMatchObject({ code: 5 });
    expect(reply.body.toString('latin1')).toContain('documents[1].title');
    expect(reply.body.toString('latin1')).toContain('documents[2].id');
  });

  test('bytes that are no message are refused, alone and in a stream', async () => {
    const nonsense = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3]);
    const reply = await raw.unary('SearchService/Search', nonsense);
    expect(reply).toMatchObject({ code: INVALID_ARGUMENT, details: { reason: 'INVALID_ARGUMENT' } });
    const stream = raw.call('IngestService/Ingest');
    stream.write(frame(nonsense));
    expect(await replyOf(stream)).toMatchObject({ code: INVALID_ARGUMENT, details: { domain: 'kms' } });
  });

  test('a message of millions of empty parts is refused before it is decoded', async () => {
    const documents = Buffer.alloc(2 * 1_000_000, Buffer.from([0x12, 0x00]));
    const stream = raw.call('IngestService/Ingest');
    stream.write(frame(documents));
    const reply = await replyOf(stream);
    expect(reply).toMatchObject({ code: INVALID_ARGUMENT });
    expect(reply.message).toContain('1000000 embedded messages');
  });

  test('a filter of ten thousand levels is refused before it is decoded, and the connection lives on', async () => {
    let filter: Buffer = Buffer.alloc(0);
    for (let level = 0; level < 10_000; level += 1) filter = field(3, filter);
    const reply = await raw.unary('SearchService/Search', Buffer.concat([field(1, 'x'), field(11, filter)]));
    expect(reply).toMatchObject({ code: INVALID_ARGUMENT, details: { reason: 'INVALID_ARGUMENT' } });
    expect(reply.message).toContain('at most 100 levels');
    const stream = raw.call('SearchService/SearchStream');
    stream.end(frame(field(2, field(11, filter))));
    expect(await replyOf(stream)).toMatchObject({ code: INVALID_ARGUMENT });
    expect((await raw.unary('SearchService/Search', field(1, 'x'))).code).toBe(0);
  });

  test('a mode that only a newer client knows is refused by its number', async () => {
    const mode = Buffer.from([5 << 3, 77]);
    const reply = await raw.unary('SearchService/Search', Buffer.concat([field(1, 'x'), mode]));
    expect(reply.code).toBe(INVALID_ARGUMENT);
    expect(reply.details?.violations).toEqual([
      { field: 'mode', description: expect.stringContaining('is 77: one of') },
    ]);
  });

  test('a message over the limit is resource-exhausted and the connection lives on', async () => {
    const stream = raw.call('DocumentService/UpsertDocument');
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(limits.messageBytesMax + 1, 1);
    stream.write(prefix);
    expect(await replyOf(stream)).toMatchObject({ code: RESOURCE_EXHAUSTED });
    expect((await raw.unary('AdminService/GetStatus', Buffer.alloc(0))).code).toBe(0);
  });

  test('a deadline of zero is exceeded and costs the engine nothing', async () => {
    const before = harness.engine.calls.length;
    const reply = await raw.unary('SearchService/Search', field(1, 'text'), { 'grpc-timeout': '0m' });
    expect(reply.code).toBe(DEADLINE_EXCEEDED);
    expect(harness.engine.calls.length).toBe(before);
  });

  test('an unknown method is unimplemented', async () => {
    expect((await raw.unary('SearchService/Guess', Buffer.alloc(0))).code).toBe(12);
  });
});

function outcomes(response: IngestResponse__Output | undefined): string[] {
  return (response?.results ?? []).map(({ outcome }) =>
    outcome === 'OUTCOME_INDEXED' || outcome === 'OUTCOME_UNCHANGED' ? 'kept' : outcome,
  );
}
