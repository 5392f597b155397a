// Measures one peer, whichever it is, in the same steps: load, find the effort with enough recall, search one at a time, search
// at once from several processes, search while another process loads.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { recallOf } from '../exact-neighbours.ts';
import { quantile } from '../report/statistics.ts';
import { ClientProcess } from './client-process.ts';
import type { Effort, Peer, PeerServer } from './peer.ts';
import type { PeerData } from './peer-data.ts';

export interface MeasurementPlan {
  readonly dataFolder: string;
  readonly data: PeerData;
  /** Of the first queries, in their order. */
  readonly exactAnswers: readonly Set<number>[];
  readonly recallMin: number;
  readonly searchForMs: number;
  readonly searchWhileIngestingForMs: number;
  /** The rate of documents at which all peers are compared. */
  readonly sameRate: number;
}

export interface PeerMeasurement {
  /** Documents a second until all are durable and searched through the index. */
  readonly ingestRate: number;
  /** Until all are acknowledged only. */
  readonly acknowledgedRate: number;
  /** Null where only the ingest is measured. */
  readonly search: SearchMeasurement | null;
}

export interface SearchMeasurement {
  readonly effort: Effort;
  readonly recall: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly searchesPerSecond: number;
  /** As many documents a second as the peer takes. Null for a library that is searched and loaded by one process only. */
  readonly whileIngesting: WhileIngesting | null;
  /** As many for every peer, or what it takes where that is less. Null likewise. */
  readonly atTheSameRate: WhileIngesting | null;
}

export interface WhileIngesting {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Documents a second. */
  readonly ingestRate: number;
}

const searchesInFlight = 32;
/** A library that does its work in the caller's thread uses as many cores as there are clients; a server does not need them. */
const clientsAtOnce = Math.min(4, availableParallelism());
/** Between two searches while documents come in, so that the searching process itself does not take a core. */
const pauseMs = 5;
const warmUpMs = 500;

export async function measuredPeer(peer: Peer, plan: MeasurementPlan): Promise<PeerMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'kms-bench-peer-'));
  const server = await peer.serve(folder);
  const clients: ClientProcess[] = [];
  const { dataFolder, data } = plan;
  const client = async () => {
    const opened = await ClientProcess.open({
      peer: peer.name,
      place: server.place,
      dataFolder,
      shape: data.shape,
    });
    clients.push(opened);
    return opened;
  };
  try {
    const first = await client();
    await first.create();
    const { acknowledgedSeconds, settledSeconds } = await first.load();
    return {
      ingestRate: data.shape.stored / settledSeconds,
      acknowledgedRate: data.shape.stored / acknowledgedSeconds,
      search: peer.isIngestOnly === true ? null : await measuredSearch(peer, plan, { server, first, client }),
    };
  } finally {
    for (const opened of clients) await opened.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RunningPeer {
  readonly server: PeerServer;
  /** Has loaded everything. */
  readonly first: ClientProcess;
  /** Opens a further one. */
  client(): Promise<ClientProcess>;
}

async function measuredSearch(
  peer: Peer,
  plan: MeasurementPlan,
  { server, first, client }: RunningPeer,
): Promise<SearchMeasurement> {
  const { effort, recall } = await enoughEffort(peer, plan, { server, first });
  const forMs = plan.searchForMs;
  await first.oneAtATime({ forMs: warmUpMs, pauseMs: 0, effort });
  const alone = await first.oneAtATime({ forMs, pauseMs: 0, effort });
  const others: ClientProcess[] = [];
  while (others.length < clientsAtOnce - 1) others.push(await client());
  const inFlight = Math.ceil(searchesInFlight / clientsAtOnce);
  const everyone = [first, ...others];
  for (const warmedUp of others) await warmedUp.oneAtATime({ forMs: warmUpMs, pauseMs: 0, effort });
  const rates = await Promise.all(everyone.map((each) => each.atOnce({ forMs, inFlight, effort })));
  const loader = others[0] ?? (await client());
  const beside = async (documentsPerSecond: number | null) =>
    peer.isReference
      ? null
      : await whileIngesting(plan, { searcher: first, effort }, { loader, documentsPerSecond });
  const atTheSameRate = await beside(plan.sameRate);
  return {
    effort,
    recall,
    p50Ms: quantile(alone, 0.5),
    p99Ms: quantile(alone, 0.99),
    searchesPerSecond: rates.reduce((sum, rate) => sum + rate, 0),
    atTheSameRate,
    whileIngesting: await beside(null),
  };
}

async function enoughEffort(
  peer: Peer,
  { exactAnswers, recallMin }: MeasurementPlan,
  { server, first }: Pick<RunningPeer, 'server' | 'first'>,
): Promise<{ effort: Effort; recall: number }> {
  let best: { effort: Effort; recall: number } = { effort: {}, recall: 0 };
  for (const effort of peer.efforts) {
    await server.widen?.(effort);
    const recall = recallOf(await first.answers(exactAnswers.length, effort), exactAnswers);
    best = { effort, recall };
    if (recall >= recallMin) break;
  }
  return best;
}

async function whileIngesting(
  plan: MeasurementPlan,
  { searcher, effort }: { searcher: ClientProcess; effort: Effort },
  { loader, documentsPerSecond }: { loader: ClientProcess; documentsPerSecond: number | null },
): Promise<WhileIngesting> {
  const ingest = loader.ingest(documentsPerSecond);
  ingest.catch(() => undefined); // awaited below, after the searches
  await searcher.oneAtATime({ forMs: warmUpMs, pauseMs, effort }); // until the load is under way
  const samples = await searcher.oneAtATime({ forMs: plan.searchWhileIngestingForMs, pauseMs, effort });
  await loader.stopIngest();
  const { documentsPerSecond: ingestRate } = await ingest;
  return {
    p50Ms: quantile(samples, 0.5),
    p99Ms: quantile(samples, 0.99),
    ingestRate,
  };
}
