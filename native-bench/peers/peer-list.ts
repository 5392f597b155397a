// The peers, in the order in which they are measured. The engine comes first: nothing has warmed the machine up for it.

import { chroma } from './chroma.ts';
import { kmsEngine, kmsEngineStream } from './kms-engine.ts';
import { lancedb, lancedbFlat } from './lancedb.ts';
import type { Peer } from './peer.ts';
import { pgvector, pgvectorLateIndex } from './pgvector.ts';
import { sqliteVec } from './sqlite-vec.ts';
import { usearch } from './usearch.ts';

/** Two ways to ask the one engine. */
export const engines: readonly Peer[] = [kmsEngine, kmsEngineStream];
export const peers: readonly Peer[] = [
  ...engines,
  chroma,
  lancedb,
  lancedbFlat,
  sqliteVec,
  pgvector,
  pgvectorLateIndex,
  usearch,
];

/** Throws for a name that no peer has. */
export function peerNamed(name: string): Peer {
  const found = peers.find((peer) => peer.name === name);
  if (found === undefined) throw new Error(`no peer "${name}"`);
  return found;
}
