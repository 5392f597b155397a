// The engine as one of the peers: over gRPC, with its default settings, started as its image starts it.

import { deferred } from '../../src/base/deferred.ts';
import { createKmsClient, type KmsClient } from '../../src/grpc/client.ts';
import type { EngineProcess } from '../../test/support/engine-process.ts';
import { IngestStream } from '../../test/support/ingest-stream.ts';
import { tailEmptied, withEngine } from '../bench-engine.ts';
import { type Searches, streamedSearches } from '../load/streamed-searches.ts';
import { bodyOf, graphEfforts, type Peer, type PeerSession, rowsOf } from './peer.ts';

const collection = 'cases';

const enginePeer = {
  isReference: false,
  hasGraph: true,
  efforts: graphEfforts.map((ef) => ({ ef })),
  load: { documentsPerBatch: 128, batchesInFlight: 8 },
  obstacle: () => Promise.resolve(null),
  serve: async () => {
    const started = deferred<EngineProcess>();
    const stopping = deferred<void>();
    const ended = withEngine({}, async (engine) => {
      started.resolve(engine);
      await stopping.promise;
    });
    ended.catch(started.reject);
    const { grpcAddress } = await started.promise;
    return {
      place: grpcAddress,
      stop: async () => {
        stopping.resolve();
        await ended;
      },
    };
  },
};

/** As whoever asks now and then does. */
export const kmsEngine = engineBy('kms-engine', 'each search a call of its own', (client) => ({
  search: client.search,
  end: () => undefined,
}));

/** As whoever asks often does: with a stream that stays open, as a client of PostgreSQL has a connection. */
export const kmsEngineStream = engineBy(
  'kms-engine SearchStream',
  'all searches of a client on one stream',
  streamedSearches,
);

function engineBy(name: string, how: string, searchesOf: (client: KmsClient) => Searches): Peer {
  return {
    ...enginePeer,
    name,
    setup: `server over gRPC, ${how}; a document is acknowledged after its LMDB transaction is flushed to disk (fsync, one a group); HNSW m 16, efConstruction 100`,
    connect: (place) => Promise.resolve(session(place, searchesOf)),
  };
}

function session(address: string, searchesOf: (client: KmsClient) => Searches): PeerSession {
  const client = createKmsClient(address);
  let searches: Searches | null = null;
  let stream: IngestStream | null = null;
  return {
    create: () => Promise.resolve(),
    add: async (batch) => {
      stream ??= new IngestStream(client);
      const documents = [...rowsOf(batch)].map(({ id, vector }) => ({
        id: `v-${id}`,
        body: bodyOf(id),
        embedding: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
      }));
      const { results } = await stream.send(documents);
      const odd = results.find((result) => result.outcome !== 'OUTCOME_INDEXED');
      if (odd !== undefined) throw new Error(`${odd.id}: ${odd.outcome} ${odd.error?.message ?? ''}`);
    },
    settle: () => tailEmptied({ client }, collection, 0),
    search: async (vector, limit, { ef = 0 }) => {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      searches ??= searchesOf(client);
      const { hits } = await searches.search({ vector: bytes, limit, ef });
      return hits.map(({ document }) => ({ id: Number(document?.id.slice(2)), body: document?.body ?? '' }));
    },
    close: async () => {
      await stream?.end();
      searches?.end();
      client.close();
    },
  };
}
