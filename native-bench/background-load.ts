// A bulk loader in a process of its own, so that encoding its messages never delays the queries that are measured:
// `background-load.ts ADDRESS vectors|texts PHASE`. Loads until SIGTERM, then prints the documents acknowledged a second.

import { setPriority } from 'node:os';
import { createKmsClient } from '../src/grpc/client.ts';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { benchTexts, clusteredVectors, rowBytes } from './bench-data.ts';
import { load, secondsSince } from './bench-engine.ts';

const [address = '', kind = 'texts', phase = '0'] = process.argv.slice(2);
const dimensions = 384;
const vectorsMax = 60_000;
const textsMax = 20_000;

function* documents(): Generator<Document> {
  if (kind === 'vectors') {
    const vectors = clusteredVectors(vectorsMax, dimensions, 23 + Number(phase));
    for (let i = 0; i < vectorsMax; i++) {
      yield { id: `v${phase}-${i}`, body: `case ${i}`, embedding: rowBytes(vectors, dimensions, i) };
    }
    return;
  }
  // Other texts in each phase, so that none comes out of the embedding cache.
  for (const [i, text] of benchTexts(textsMax, 19).entries()) {
    yield { id: `t${phase}-${i}`, body: `${phase} ${text}` };
  }
}

let isOver = false;
process.once('SIGTERM', () => {
  isOver = true;
});
// It stands for another machine: where cores are few, it must not take the engine's.
setPriority(19);
const client = createKmsClient(address);
const ready = [...documents()];
console.log('loading');
const start = performance.now();
const loaded = await load({ client }, ready, {
  documentsPerMessage: kind === 'vectors' ? 128 : 64,
  messagesInFlight: 8,
  isOver: () => isOver,
});
console.log(String(loaded / secondsSince(start)));
client.close();
