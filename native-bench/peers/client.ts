// A client process, forked by client-process.ts: opens one peer and does what it is told. The code that loads, searches and
// takes the time is the same for all of them.

import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '../../src/base/assert.ts';
import type {
  ClientCommand,
  ClientReply,
  ClientRequest,
  LoadRate,
  LoadTimes,
  Opening,
} from './client-command.ts';
import { hitsPerSearch } from './client-command.ts';
import type { Effort, Peer, PeerSession } from './peer.ts';
import { PeerData } from './peer-data.ts';
import { peerNamed } from './peer-list.ts';

let peer: Peer | null = null;
let session: PeerSession | null = null;
let data: PeerData | null = null;
let isStopped = false;
/** By this process, beyond the stored ones; no id comes twice. */
let ingested = 0;

process.on('message', (request: ClientRequest) => void reply(request));
process.once('disconnect', () => process.exit(1));

async function reply({ id, command }: ClientRequest): Promise<void> {
  let answer: ClientReply;
  try {
    answer = { id, type: 'done', value: await execute(command) };
  } catch (error) {
    answer = {
      id,
      type: 'failed',
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  process.send?.(answer);
}

async function execute(command: ClientCommand): Promise<unknown> {
  if (command.type === 'open') return open(command.opening);
  const opened = openedParts();
  switch (command.type) {
    case 'create':
      return opened.session.create();
    case 'load':
      return load(opened);
    case 'ingest':
      return ingest(opened, command.documentsPerSecond);
    case 'stop':
      isStopped = true;
      return;
    case 'answers':
      return answers(opened, command);
    case 'one-at-a-time':
      return oneAtATime(opened, command);
    case 'at-once':
      return atOnce(opened, command);
    case 'close':
      return opened.session.close();
    default:
      return assertNever(command);
  }
}

interface Opened {
  readonly peer: Peer;
  readonly session: PeerSession;
  readonly data: PeerData;
}

async function open({ peer: name, place, dataFolder, shape }: Opening): Promise<void> {
  peer = peerNamed(name);
  data = PeerData.read(dataFolder, shape);
  session = await peer.connect(place, shape.dimensions);
}

function openedParts(): Opened {
  if (peer === null || session === null || data === null) throw new Error('the client is not open');
  return { peer, session, data };
}

async function load({ peer, session, data }: Opened): Promise<LoadTimes> {
  const start = performance.now();
  const { documentsPerBatch, batchesInFlight } = peer.load;
  let next = 0;
  await eachAtOnce(batchesInFlight, async () => {
    const firstId = next;
    const count = Math.min(documentsPerBatch, data.shape.stored - firstId);
    if (count <= 0) return false;
    next += count;
    await session.add({ firstId, count, vectors: data.rows(firstId, count) });
    return true;
  });
  const acknowledgedSeconds = (performance.now() - start) / 1000;
  await session.settle();
  return { acknowledgedSeconds, settledSeconds: (performance.now() - start) / 1000 };
}

/** New ids throughout; the extra vectors again and again. */
async function ingest({ peer, session, data }: Opened, documentsPerSecond: number | null): Promise<LoadRate> {
  isStopped = false;
  const start = performance.now();
  const { documentsPerBatch, batchesInFlight, documentsPerSettle = Number.POSITIVE_INFINITY } = peer.load;
  const perSecond = documentsPerSecond ?? Number.POSITIVE_INFINITY;
  const { stored, extra } = data.shape;
  let sent = 0;
  let unsettled = 0;
  await eachAtOnce(batchesInFlight, async () => {
    // Another loop may have sent meanwhile, and what is due next be later.
    const waitMs = () => start + (sent / perSecond) * 1_000 - performance.now();
    while (!isStopped && waitMs() > 0) await sleep(Math.min(pollMs, waitMs()));
    if (isStopped) return false;
    // Never more in one message than a second brings.
    const count = Math.min(documentsPerBatch, perSecond, extra - (ingested % extra));
    const firstRow = stored + (ingested % extra);
    const firstId = stored + ingested;
    sent += count;
    ingested += count;
    await session.add({ firstId, count, vectors: data.rows(firstRow, count) });
    unsettled += count;
    await nextTurn(); // a library that works in this thread would otherwise keep the stop command out for ever
    if (unsettled >= documentsPerSettle) {
      unsettled = 0;
      await session.settle();
    }
    return true;
  });
  return { documentsPerSecond: sent / ((performance.now() - start) / 1000) };
}

async function answers(
  { session, data }: Opened,
  { count, effort }: { count: number; effort: Effort },
): Promise<number[][]> {
  const found: number[][] = [];
  for (let i = 0; i < count; i++) {
    const hits = await session.search(data.query(i), hitsPerSearch, effort);
    if (i === 0 && hits.some(({ id, body }) => !body.endsWith(` ${id}`)))
      throw new Error('a hit came without its body');
    found.push(hits.map(({ id }) => id));
  }
  return found;
}

async function oneAtATime(
  { session, data }: Opened,
  { forMs, pauseMs, effort }: { forMs: number; pauseMs: number; effort: Effort },
): Promise<number[]> {
  const samples: number[] = [];
  const endMs = performance.now() + forMs;
  for (let i = 0; performance.now() < endMs; i++) {
    const sentMs = performance.now();
    await session.search(data.query(i), hitsPerSearch, effort);
    samples.push(performance.now() - sentMs);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return samples;
}

async function atOnce(
  { session, data }: Opened,
  { forMs, inFlight, effort }: { forMs: number; inFlight: number; effort: Effort },
): Promise<number> {
  const start = performance.now();
  let sent = 0;
  let answered = 0;
  await eachAtOnce(inFlight, async () => {
    if (performance.now() - start >= forMs) return false;
    await session.search(data.query(sent++), hitsPerSearch, effort);
    answered += 1;
    return true;
  });
  return answered / ((performance.now() - start) / 1000);
}

/** How soon a loop that waits sees that it shall stop. */
const pollMs = 100;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** `count` loops side by side, each until its step says no. */
async function eachAtOnce(count: number, step: () => Promise<boolean>): Promise<void> {
  const loop = async () => {
    while (await step());
  };
  await Promise.all(Array.from({ length: count }, loop));
}
