// What the engine's embedding path costs above bare inference: `npx tsx native-bench/embedding-floor.ts [seconds]`.
//
// The floor is a loop over one ONNX Runtime session on texts that are tokenised already. Against it, in turns within
// one run so that a noisy machine treats all alike: the provider (tokenising, one pool thread), and the whole of the
// embed stage's bulk path (provider and a cold cache on disk). All on distinct texts of about 64 tokens.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddingCache } from '../src/embedding/embedding-cache.ts';
import { ensureMiniLmModelFile } from '../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmProvider } from '../src/embedding/minilm/minilm-provider.ts';
import { openMiniLmSession } from '../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../src/embedding/minilm/minilm-tokenizer.ts';
import { CachedEmbedder } from '../src/stages/embed/cached-embedder.ts';

const rounds = 5;
const secondsPerTurn = Number(process.argv[2] ?? 2);
const batchTexts = 64;
const tokensWanted = 64;
const { signal } = new AbortController();

const subjects =
  'printer router invoice export database login certificate backup mailbox dashboard webhook'.split(' ');
const verbs = 'fails stops restarts hangs reports loses rejects duplicates ignores corrupts delays'.split(
  ' ',
);
const details =
  'after the update, with error 0x80070005, since Monday, on the second node, when two users save at once, behind the proxy, for large files, in version 4.2.1, during the nightly run'.split(
    ', ',
  );

/** Distinct support texts of about 64 tokens; the same ones for the same number. */
function* supportTexts(): Generator<string> {
  const tokenizer = loadMiniLmTokenizer();
  for (let number = 1; ; number++) {
    let text = `Case ${number}.`;
    for (let part = number; tokenizer.countTokens(text) < tokensWanted - 12; part = part * 7 + 3) {
      const pick = (list: readonly string[], divisor: number) =>
        list[Math.floor(part / divisor) % list.length] as string;
      text += ` The ${pick(subjects, 1)} ${pick(verbs, 11)} the ${pick(subjects, 5)} ${pick(details, 3)}.`;
      part %= 1_000_003;
    }
    yield text;
  }
}

const texts = supportTexts();
const nextTexts = (count: number) => Array.from({ length: count }, () => texts.next().value as string);

const dataDir = mkdtempSync(join(tmpdir(), 'kms-embedding-floor-'));
const tokenizer = loadMiniLmTokenizer();
const session = await openMiniLmSession(await ensureMiniLmModelFile({ dataDir, precision: 'int8' }));
const provider = await openMiniLmProvider({ dataDir, precision: 'int8', threadsMin: 1, threadsMax: 1 });
const { model, dimensions } = provider;
const cache = new EmbeddingCache({ dataDir, bytesMax: 1e9, model, dimensions, cleanerVersion: 1 });
const stage = new CachedEmbedder({
  provider,
  cache,
  onCacheError: (error) => {
    throw error;
  },
});

interface Turn {
  documents: number;
  wallMs: number;
  /** Of all threads. Hardly moved by what else runs on the machine, as wall time is. */
  cpuMs: number;
}

interface Contender {
  readonly name: string;
  run(): Promise<Turn>;
}

async function measure(turn: Turn, work: () => Promise<unknown>): Promise<void> {
  const startCpu = process.cpuUsage();
  const startMs = performance.now();
  await work();
  turn.wallMs += performance.now() - startMs;
  const { user, system } = process.cpuUsage(startCpu);
  turn.cpuMs += (user + system) / 1_000;
}

/** The floor: only the loop over the session counts, tokenising does not. */
function floor(runTexts: number): Contender {
  return {
    name: `bare session, ${runTexts} a run`,
    async run() {
      const turn = { documents: 0, wallMs: 0, cpuMs: 0 };
      while (turn.wallMs < secondsPerTurn * 1_000) {
        const ids = nextTexts(batchTexts).map((text) => tokenizer.encode(text));
        await measure(turn, async () => {
          for (let start = 0; start < ids.length; start += runTexts) {
            await session.run(ids.slice(start, start + runTexts));
          }
        });
        turn.documents += ids.length;
      }
      return turn;
    },
  };
}

/** Four batches under way, as in the embed actor. */
function path(name: string, embed: (batch: readonly string[]) => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      const turn = { documents: 0, wallMs: 0, cpuMs: 0 };
      const endMs = performance.now() + secondsPerTurn * 1_000;
      const prepared = nextTexts(secondsPerTurn * 1_000);
      const lane = async () => {
        while (performance.now() < endMs && prepared.length > 0) {
          const batch = prepared.splice(0, batchTexts);
          await embed(batch);
          turn.documents += batch.length;
        }
      };
      await measure(turn, () => Promise.all([lane(), lane(), lane(), lane()]));
      return turn;
    },
  };
}

const contenders = [
  floor(1),
  floor(4),
  floor(8),
  path('provider, 1 thread', (batch) => provider.embed(batch, { lane: 'bulk', signal })),
  path('embed stage, 1 thread, cold cache', (batch) => stage.embed(batch, signal)),
];
const turns = new Map(contenders.map(({ name }) => [name, [] as Turn[]]));
for (let round = 0; round < rounds; round++) {
  for (const { name, run } of contenders) turns.get(name)?.push(await run());
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const sample = nextTexts(100).map((text) => tokenizer.encode(text).length);
console.log(`texts of ${median(sample)} tokens, ${rounds} turns of ${secondsPerTurn} s each, medians`);
console.log(`${''.padEnd(36)}   docs/s  of bare   cpu ms/doc  of bare`);
const rateOf = ({ documents, wallMs }: Turn) => documents / (wallMs / 1_000);
const cpuOf = ({ documents, cpuMs }: Turn) => cpuMs / documents;
const base = turns.get(floor(1).name) as Turn[];
for (const [name, own] of turns) {
  const ratio = (of: (turn: Turn) => number) =>
    median(own.map((turn, round) => of(turn) / of(base[round] as Turn)));
  const columns = [median(own.map(rateOf)), ratio(rateOf), median(own.map(cpuOf)), ratio(cpuOf)];
  const [rate = 0, rateRatio = 0, cpu = 0, cpuRatio = 0] = columns;
  console.log(
    `${name.padEnd(36)} ${rate.toFixed(0).padStart(8)} ${rateRatio.toFixed(3).padStart(8)} ` +
      `${cpu.toFixed(2).padStart(12)} ${cpuRatio.toFixed(3).padStart(8)}`,
  );
}

const short = 'printer reports error 0x80070005';
const latencies: number[] = [];
for (let i = 0; i < 300; i++) {
  const startMs = performance.now();
  await provider.embed([`${short} ${i}`], { lane: 'urgent', signal });
  latencies.push(performance.now() - startMs);
}
console.log(`a short query, idle: p50 ${median(latencies).toFixed(2)} ms`);

await provider.close();
await stage.drain();
await cache.close();
rmSync(dataDir, { recursive: true, force: true });
