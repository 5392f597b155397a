// A bulk load over one Ingest stream: as fast as the server takes it, or at a given rate.

import { setTimeout as sleep } from 'node:timers/promises';
import type { KmsClient } from '../../src/grpc/client.ts';
import type { Document } from '../../src/grpc/generated/kms/v1/Document.ts';
import { IngestStream } from '../../test/support/ingest-stream.ts';
import { benchTexts, clusteredVectors, rowBytes } from '../bench-data.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { IngestOptions } from './load-options.ts';
import type { IngestReport } from './load-report.ts';
import { nowMs } from './paced-requests.ts';

/** As many as the server holds of a stream (ingest_service.proto). */
const messagesInFlightMax = 8;
const vectorsMade = 20_000;
const textsMade = 20_000;

/** Documents without end, none like another one. The first takes a second or two: all material is made then. */
export function* endlessDocuments({ kind, dimensions, seed }: IngestOptions): Generator<Document, never> {
  if (kind === 'vectors') {
    const vectors = clusteredVectors(vectorsMade, dimensions, seed);
    for (let i = 0; ; i++) {
      const id = `v${seed}-${i}`;
      yield { id, body: `case ${i}`, embedding: rotatedRow(vectors, dimensions, i) };
    }
  }
  const texts = benchTexts(textsMade, seed);
  for (let i = 0; ; i++) {
    // The counts make each text one that no embedding cache has seen.
    const text = texts[i % textsMade] as string;
    yield { id: `t${seed}-${i}`, body: `${seed} ${Math.floor(i / textsMade)} ${text}` };
  }
}

/** The rows again and again, turned by one place more each time: other vectors with the same clusters. */
function rotatedRow(vectors: Float32Array, dimensions: number, i: number): Buffer {
  const row = rowBytes(vectors, dimensions, i % vectorsMade);
  const turned = Math.floor(i / vectorsMade) % dimensions;
  if (turned === 0) return row;
  return Buffer.concat([row.subarray(turned * 4), row.subarray(0, turned * 4)]);
}

/** Loads until `isOver` or the time is up, and resolves when all is acknowledged. */
export async function loadDocuments(
  client: KmsClient,
  documents: Iterator<Document>,
  options: IngestOptions & { readonly isOver: () => boolean },
): Promise<IngestReport> {
  const { documentsPerSecond, documentsPerMessage, seconds, isOver } = options;
  const stream = new IngestStream(client);
  const acknowledgement = new LatencyHistogram();
  const inFlight = new Set<Promise<void>>();
  const startMs = nowMs();
  const endMs = startMs + seconds * 1_000;
  let sent = 0;
  let acknowledged = 0;
  while (!isOver() && nowMs() < endMs) {
    if (documentsPerSecond > 0) {
      const dueMs = startMs + (sent / documentsPerSecond) * 1_000;
      if (dueMs > nowMs()) await sleep(dueMs - nowMs());
    }
    const batch = Array.from({ length: documentsPerMessage }, () => documents.next().value as Document);
    sent += batch.length;
    const sentMs = nowMs();
    const message = stream.send(batch).then(({ results, error }) => {
      inFlight.delete(message);
      const odd = error ?? results.find(({ outcome }) => outcome !== 'OUTCOME_INDEXED')?.error;
      if (odd) throw new Error(`not indexed: ${odd.message}`);
      acknowledgement.record(nowMs() - sentMs);
      acknowledged += results.length;
    });
    inFlight.add(message);
    if (inFlight.size >= messagesInFlightMax) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  await stream.end();
  const tookSeconds = (nowMs() - startMs) / 1_000;
  return {
    documents: acknowledged,
    seconds: tookSeconds,
    documentsPerSecond: acknowledged / tookSeconds,
    acknowledgement: acknowledgement.summary(),
  };
}
