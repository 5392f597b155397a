// A client that writes without reading, and one that never stops writing, must not grow the server's memory. Both are
// played over plain HTTP/2, so that nothing on the client's side is polite by itself.

import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import { exchange, failureOf, type GrpcHarness, gate, startGrpcHarness } from '../../support/grpc-harness.ts';
import { field, frame, RawGrpcClient } from '../../support/grpc-raw-client.ts';

const ingestMessagesMax = 8;
const searchMessagesMax = 32;
/** What is written at a time: acceptedBytes grows in these steps. */
const pieceBytes = 16 * 1024;

let harness: GrpcHarness;
let raw: RawGrpcClient;
const start = async (options: Parameters<typeof startGrpcHarness>[0] = {}, settings = {}) => {
  harness = await startGrpcHarness(options);
  raw = await RawGrpcClient.open(harness.port, settings);
};
afterEach(async () => {
  raw.close();
  await harness.stop();
});

/** An IngestRequest with one document of about `bytes` bytes. */
const ingestRequest = (id: string, bytes: number) =>
  frame(field(2, Buffer.concat([field(1, id), field(4, 'x'.repeat(bytes))])));

/** Writes `requests` as fast as they go and counts the bytes that the server's window let through. */
class Flood {
  acceptedBytes = 0;
  readonly #bytes: number;
  readonly #stream: ClientHttp2Stream;

  constructor(stream: ClientHttp2Stream, requests: readonly Buffer[]) {
    const bytes = Buffer.concat(requests);
    this.#bytes = bytes.length;
    this.#stream = stream;
    // One piece after the other: Node joins what is written at once into one write, and says only when all of it went.
    const writeFrom = (start: number) => {
      if (start >= bytes.length) return;
      const piece = bytes.subarray(start, start + pieceBytes);
      stream.write(piece, (error) => {
        if (error) return;
        this.acceptedBytes += piece.length;
        writeFrom(start + pieceBytes);
        if (this.acceptedBytes === this.#bytes) stream.end();
      });
    };
    writeFrom(0);
  }

  /** Reads the responses, writes what is left, half-closes, and resolves when the stream has ended. */
  async finish(): Promise<void> {
    this.#stream.resume();
    await once(this.#stream, 'end');
    expect(this.acceptedBytes).toBe(this.#bytes);
  }

  /** Resolves when nothing more has gone through during 20 round trips; the server handles frames in order. */
  async standstill(client: RawGrpcClient): Promise<void> {
    let quietTrips = 0;
    while (quietTrips < 20) {
      const before = this.acceptedBytes;
      await client.ping();
      quietTrips = this.acceptedBytes === before ? quietTrips + 1 : 0;
    }
  }
}

describe('a client that never stops writing', () => {
  test('is stopped by the HTTP/2 window once the engine holds eight of its requests', async () => {
    await start();
    const held = gate();
    harness.engine.hold = () => held.opened;
    const requests = Array.from({ length: 400 }, (_, index) => ingestRequest(`d${index}`, 64 * 1024));
    const stream = raw.call('IngestService/Ingest');
    const flood = new Flood(stream, requests);
    await flood.standstill(raw);

    expect(harness.engine.ingested).toHaveLength(ingestMessagesMax);
    expect(harness.counts.get('received Ingest')).toBe(ingestMessagesMax);
    // Eight requests, what one HTTP/2 window and the client's own socket hold, and nothing of the other 25 MB.
    expect(flood.acceptedBytes).toBeLessThan((ingestMessagesMax + 4) * 64 * 1024);

    held.open();
    await flood.finish();
    expect(harness.engine.ingested).toHaveLength(requests.length);
  });

  test('is stopped by the bytes of large requests before their number', async () => {
    await start();
    const held = gate();
    harness.engine.hold = () => held.opened;
    const body = 'x'.repeat(4 * 1024 * 1024);
    const large = (request: number) =>
      frame(
        Buffer.concat(
          [0, 1, 2].map((part) => field(2, Buffer.concat([field(1, `${request}-${part}`), field(4, body)]))),
        ),
      );
    const flood = new Flood(raw.call('IngestService/Ingest'), [1, 2, 3, 4, 5, 6].map(large));
    await flood.standstill(raw);
    // 32 MiB are reached with the third request of 12 MiB.
    expect(harness.engine.ingested).toHaveLength(3);
    held.open();
  });

  test('shares the bytes of the whole server with the other streams, and all go on when there is room', async () => {
    await start({ requestBytesMax: 256 * 1024 });
    const held = gate();
    harness.engine.hold = () => held.opened;
    const floods = Array.from({ length: 6 }, (_, stream) => {
      const requests = Array.from({ length: 8 }, (_, index) =>
        ingestRequest(`${stream}-${index}`, 64 * 1024),
      );
      return new Flood(raw.call('IngestService/Ingest'), requests);
    });
    for (const flood of floods) await flood.standstill(raw);
    // Room for four requests, and at most one more for each stream whose read was under way already.
    expect(harness.engine.ingested.length).toBeLessThanOrEqual(4 + floods.length);
    held.open();
    await Promise.all(floods.map((flood) => flood.finish()));
    expect(harness.engine.ingested).toHaveLength(6 * 8);
  });
});

describe('single writes', () => {
  test('are refused with a time to wait while too many bytes are under way, and searches are not', async () => {
    await start({ requestBytesMax: 100 * 1024 });
    const { client, engine } = harness;
    const held = gate();
    engine.hold = (method) => (method === 'ingest' ? held.opened : Promise.resolve());
    const first = client.upsertDocument({ document: { id: 'a', body: 'x'.repeat(100 * 1024) } });
    while (engine.ingested.length < 1) await raw.ping();
    const refused = await failureOf(client.upsertDocument({ document: { id: 'b', title: 't' } }));
    expect(refused).toMatchObject({ code: 8, reason: 'RESOURCE_EXHAUSTED' });
    expect(refused.retryDelayMs).toBeGreaterThan(0);
    await client.search({ text: 'x' });
    held.open();
    await first;
    await client.upsertDocument({ document: { id: 'b', title: 't' } });
  });
});

describe('a client that writes without reading', () => {
  test('is read no further than eight requests whose responses it has not taken', async () => {
    // A window of 100 bytes holds two or three responses; the engine answers at once.
    await start({}, { initialWindowSize: 100 });
    const requests = Array.from({ length: 400 }, (_, index) => ingestRequest(`d${index}`, 16 * 1024));
    const stream = raw.call('IngestService/Ingest');
    stream.pause();
    const flood = new Flood(stream, requests);
    await flood.standstill(raw);
    const taken = harness.engine.ingested.length;
    expect(taken).toBeGreaterThanOrEqual(ingestMessagesMax);
    // What fits the client's window, and its own buffer of 16 KiB of which it reads 100 bytes ahead, and eight more.
    expect(taken).toBeLessThan(40);
    expect(flood.acceptedBytes).toBeLessThan((taken + 8) * 17 * 1024);

    await flood.finish();
    expect(harness.engine.ingested).toHaveLength(requests.length);
  });

  test('gets no more than 32 searches of a stream under way', async () => {
    await start();
    const held = gate();
    harness.engine.hold = () => held.opened;
    const request = frame(field(2, field(1, 'x'.repeat(1000))));
    const stream = raw.call('SearchService/SearchStream');
    const flood = new Flood(
      stream,
      Array.from({ length: 500 }, () => request),
    );
    await flood.standstill(raw);
    expect(harness.engine.calls).toHaveLength(searchMessagesMax);
    held.open();
    await flood.finish();
    expect(harness.engine.calls).toHaveLength(500);
  });
});

describe('a stream', () => {
  test('is answered in the order of its requests, whichever is ready first', async () => {
    await start();
    const gates = Array.from({ length: 5 }, gate);
    harness.engine.hold = () => gates[harness.engine.ingested.length - 1]?.opened ?? Promise.resolve();
    const stream = harness.client.ingest();
    const requests = gates.map((_, index) => ({
      sequence: 100 + index,
      documents: [{ id: `${index}`, title: 't' }],
    }));
    const answered = exchange(stream, requests);
    while (harness.engine.ingested.length < gates.length) await raw.ping();
    for (const { open } of gates.reverse()) open();
    expect((await answered).map(({ sequence }) => sequence)).toEqual(['100', '101', '102', '103', '104']);
  });

  test('gives back a sequence of 64 bits as it was', async () => {
    await start();
    const [response] = await exchange(harness.client.ingest(), [{ sequence: '18446744073709551615' }]);
    expect(response?.sequence).toBe('18446744073709551615');
  });

  test('finishes its outstanding requests after a half-close, then ends', async () => {
    await start();
    const held = gate();
    harness.engine.hold = () => held.opened;
    const requests = [1, 2, 3].map((sequence) => ({
      sequence,
      documents: [{ id: `${sequence}`, title: 't' }],
    }));
    const answered = exchange(harness.client.ingest(), requests);
    while (harness.engine.ingested.length < 3) await raw.ping();
    await raw.ping();
    held.open();
    expect(await answered).toHaveLength(3);
    expect(harness.counts.get('handled Ingest OK')).toBe(1);
  });

  test('of many thousand requests loses and repeats none', async () => {
    await start();
    const requests = Array.from({ length: 3000 }, (_, sequence) => ({
      sequence,
      documents: [{ id: `${sequence}`, title: 't' }],
    }));
    const responses = await exchange(harness.client.ingest(), requests);
    expect(responses.map(({ sequence }) => Number(sequence))).toEqual(
      requests.map(({ sequence }) => sequence),
    );
    expect(responses.every(({ results }) => results[0]?.outcome === 'OUTCOME_INDEXED')).toBe(true);
  });

  test('whose socket is cut aborts what it had under way, and the server lives on', async () => {
    await start();
    const held = gate();
    harness.engine.hold = () => held.opened;
    raw.call('IngestService/Ingest').write(ingestRequest('a', 10));
    raw.call('SearchService/SearchStream').write(frame(field(2, field(1, 'x'))));
    while (harness.engine.calls.length < 2) await raw.ping();
    const aborted = harness.engine.calls.map(
      ({ options }) => new Promise((resolve) => options.signal.addEventListener('abort', resolve)),
    );
    raw.socket.destroy();
    await Promise.all(aborted);
    held.open();
    expect((await harness.client.getStatus({})).state).toBe('ENGINE_STATE_READY');
    expect(harness.counts.get('handled Ingest CANCELLED')).toBe(1);
    expect(harness.errors).toEqual([]);
  });
});
