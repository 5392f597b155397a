// The load generator's process: parses its arguments, loads the server, prints one JSON object. It is a process of its
// own so that making and decoding messages never delays what it measures. The line `loading` on standard output says
// that everything is prepared and the warm-up done; the last line is the report.

import { setPriority } from 'node:os';
import { createKmsClient, type KmsClient } from '../../src/grpc/client.ts';
import { randomFrom } from '../../test/support/random.ts';
import { type ThreadSeconds, threadSeconds } from '../process-usage.ts';
import { endlessDocuments, loadDocuments } from './ingest-load.ts';
import { type IngestOptions, type LoadOptions, parseLoad, type RequestKind, usage } from './load-options.ts';
import { type IngestReport, LoadCount, type LoadReport } from './load-report.ts';
import { closedLoop, type LoadRequest, nowMs, openLoop, type Sent } from './paced-requests.ts';
import { requestsOf, type SendRequest } from './request-kinds.ts';

const connectMs = 30_000;
/** A busy machine must not make a short bench a long one. */
const warmUpSecondsMax = 3;

async function loadRequests(client: KmsClient, options: LoadOptions): Promise<LoadReport> {
  const { pace, seconds, seed, mix } = options;
  const requests = requestsOf(client, options);
  await warmUp(requests, options);
  console.log('loading');
  const random = randomFrom(seed + 1);
  const next = (): LoadRequest => {
    const kind = pickByWeight(mix, random());
    return { kind, send: requests.get(kind) as SendRequest };
  };
  const counts = new LoadCount();
  const onSent = (sent: Sent) => counts.add(sent);
  const serverStart = serverTimes(options.serverPid);
  const clientStart = process.cpuUsage();
  const startMs = nowMs();
  if (pace.type === 'open') await openLoop({ ...pace, seconds, random }, next, onSent);
  else await closedLoop({ ...pace, seconds }, next, onSent);
  const tookSeconds = (nowMs() - startMs) / 1_000;
  const server = timesBetween(serverStart, serverTimes(options.serverPid));
  const { user, system } = process.cpuUsage(clientStart);
  return counts.report({ seconds: tookSeconds, server, client: (user + system) / 1e6 });
}

/** Of no process, and where there is no /proc: null. */
function serverTimes(pid: number): ThreadSeconds | null {
  return pid === 0 || process.platform !== 'linux' ? null : threadSeconds(pid);
}

function timesBetween(start: ThreadSeconds | null, end: ThreadSeconds | null): ThreadSeconds | null {
  if (start === null || end === null) return null;
  return { main: end.main - start.main, others: end.others - start.others };
}

/** As many under way as the measured loop has, so that it starts with what it will go on with. */
async function warmUp(requests: ReadonlyMap<RequestKind, SendRequest>, options: LoadOptions): Promise<void> {
  const { pace, warmUpRequests } = options;
  const inFlight = pace.type === 'closed' ? pace.inFlight : 1;
  const requestsMax = Math.ceil(warmUpRequests / requests.size);
  for (const [kind, send] of requests) {
    await closedLoop(
      { inFlight, seconds: warmUpSecondsMax, requestsMax },
      () => ({ kind, send }),
      () => undefined,
    );
  }
}

function pickByWeight(mix: ReadonlyMap<RequestKind, number>, random: number): RequestKind {
  let left = random * [...mix.values()].reduce((sum, weight) => sum + weight, 0);
  for (const [kind, weight] of mix) {
    left -= weight;
    if (left < 0) return kind;
  }
  return [...mix.keys()].at(-1) as RequestKind;
}

async function ingest(client: KmsClient, options: IngestOptions): Promise<IngestReport> {
  let isOver = false;
  process.once('SIGTERM', () => {
    isOver = true;
  });
  const documents = endlessDocuments(options);
  documents.next(); // makes the material
  console.log('loading');
  return await loadDocuments(client, documents, { ...options, isOver: () => isOver });
}

async function main(): Promise<void> {
  const parsed = parseLoad(process.argv.slice(2));
  if (parsed.type === 'help') {
    console.log(usage);
    return;
  }
  if (parsed.options.nice > 0) setPriority(parsed.options.nice);
  const client = createKmsClient(parsed.options.address);
  await client.waitForReady(connectMs);
  const report =
    parsed.type === 'ingest'
      ? await ingest(client, parsed.options)
      : await loadRequests(client, parsed.options);
  console.log(JSON.stringify(report));
  client.close();
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// A stream of searches is still open; nothing waits for it.
process.exit();
