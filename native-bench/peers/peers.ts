// The engine beside Chroma, LanceDB, sqlite-vec and pgvector (and usearch, for reference) on the same vectors at equal recall:
// search one at a time and at once, durable ingest, and search while documents come in.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOutcome, BenchSize } from '../report/figure.ts';
import { hitsPerSearch } from './client-command.ts';
import { comparison, type MeasuredPeer } from './comparison.ts';
import type { Peer } from './peer.ts';
import { PeerData } from './peer-data.ts';
import { engines, peers } from './peer-list.ts';
import { type MeasurementPlan, measuredPeer } from './peer-measurement.ts';
import { firstLine } from './peer-packages.ts';

export const about =
  'The engine beside its peers: the same vectors (384 dimensions, inner product), the same small documents, the same client code, each at the smallest effort that gives a recall@10 of .95.';

/** Another number of vectors than the size's. */
const given = process.env['KMS_BENCH_VECTORS'];
const shapes = {
  short: { dimensions: 384, stored: 10_000, extra: 10_000, queries: 1_000 },
  full: { dimensions: 384, stored: 100_000, extra: 50_000, queries: 2_000 },
} as const;
const queriesForRecall = { short: 200, full: 500 } as const;
const searchForMs = { short: 1_500, full: 10_000 } as const;
/** Documents a second that every peer takes while it is searched, or nearly: fewer than the slowest is able to. */
const sameRate = 500;
const searchWhileIngestingForMs = { short: 3_000, full: 20_000 } as const;

/** Only these, by name, parted by commas; for looking at one. */
const chosen = process.env['KMS_BENCH_PEERS']?.split(',');

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'kms-bench-peers-'));
  try {
    const data = PeerData.write(
      dataFolder,
      given === undefined ? shapes[size] : { ...shapes[size], stored: Number(given) },
    );
    const plan: MeasurementPlan = {
      dataFolder,
      data,
      exactAnswers: data.exactAnswers(queriesForRecall[size], hitsPerSearch),
      recallMin: 0.95,
      searchForMs: searchForMs[size],
      searchWhileIngestingForMs: searchWhileIngestingForMs[size],
      sameRate,
    };
    const measured: MeasuredPeer[] = [];
    const missing: string[] = [];
    for (const peer of peers.filter(({ name }) => chosen === undefined || chosen.includes(name))) {
      const outcome = await measuredOrMissing(peer, plan, size);
      if (typeof outcome === 'string') missing.push(outcome);
      else measured.push(outcome);
    }
    return comparison(measured, missing, { size, plan });
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** A peer that cannot run here is a sentence on the page; the engine must run. */
async function measuredOrMissing(
  peer: Peer,
  plan: MeasurementPlan,
  size: BenchSize,
): Promise<MeasuredPeer | string> {
  const obstacle = await peer.obstacle(size);
  if (obstacle !== null) return `${peer.name} is left out: ${obstacle}.`;
  console.log(`measuring ${peer.name}`);
  try {
    return { peer, measurement: await measuredPeer(peer, plan) };
  } catch (error) {
    if (engines.includes(peer)) throw error;
    console.error(error);
    return `${peer.name} is left out: it failed (${firstLine(error)}).`;
  }
}
