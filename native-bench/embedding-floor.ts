// What the engine's embedding path costs above bare inference.
//
// The floor is a loop over one ONNX Runtime session on texts that are tokenised already. Against it, in turns within
// one run so that a noisy machine treats all alike: the provider (tokenising, one pool thread), and the whole of the
// embed stage's bulk path (provider and a cold cache on disk). All on distinct texts of about 64 tokens.

import { EmbeddingCache } from '../src/embedding/embedding-cache.ts';
import type { EmbeddingProvider } from '../src/embedding/embedding-provider.ts';
import type { InferenceSession } from '../src/embedding/minilm/inference-messages.ts';
import { ensureMiniLmModelFile } from '../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmProvider } from '../src/embedding/minilm/minilm-provider.ts';
import { openMiniLmSession } from '../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../src/embedding/minilm/minilm-tokenizer.ts';
import { CachedEmbedder } from '../src/stages/embed/cached-embedder.ts';
import { benchTexts } from './bench-data.ts';
import { withFolder } from './bench-engine.ts';
import { type BenchOutcome, figure } from './report/figure.ts';
import { median } from './report/statistics.ts';

export const about =
  'the embedding path, stage by stage, against a bare onnxruntime loop over the same texts';

const rounds = { short: 3, full: 7 };
const secondsPerTurn = { short: 2, full: 5 };
const batchTexts = 64;
/** As many batches are under way in the embed actor. */
const lanes = 4;
/** A contender embeds at most so many in a turn: thrice what the model does on a fast core. */
const textsPerSecondMax = 1_000;
const shortQueries = 300;

interface Turn {
  documents: number;
  wallMs: number;
  /** Of all threads. Hardly moved by what else runs on the machine, as wall time is. */
  cpuMs: number;
}

interface Contender {
  readonly name: string;
  run(seconds: number): Promise<Turn>;
}

type NextTexts = (count: number) => string[];

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  return await withFolder(async (dataDir) => {
    const session = await openMiniLmSession(
      await ensureMiniLmModelFile({ dataDir, precision: 'int8', runtime: 'onnxruntime' }),
    );
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
    const { signal } = new AbortController();
    const next = freshTexts();
    const contenders = [
      ...[1, 4, 8].map((texts) => bareSession(session, texts, next)),
      path('provider, 1 thread', next, (batch) => provider.embed(batch, { lane: 'bulk', signal })),
      path('embed stage, 1 thread, cold cache', next, (batch) => stage.embed(batch, signal)),
    ];
    const turns = new Map(contenders.map(({ name }) => [name, [] as Turn[]]));
    for (let round = 0; round < rounds[size]; round++) {
      for (const contender of contenders)
        turns.get(contender.name)?.push(await contender.run(secondsPerTurn[size]));
    }
    const queryMs = await shortQueryMs(provider);
    await provider.close();
    await stage.drain();
    await cache.close();
    return outcome(turns, queryMs);
  });
}

/** Texts that no cache has seen, however many are asked for. */
function freshTexts(): NextTexts {
  const texts = benchTexts(20_000, 29);
  let next = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const i = next++;
      return `${Math.floor(i / texts.length)} ${texts[i % texts.length]}`;
    });
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
function bareSession(session: InferenceSession, textsPerRun: number, next: NextTexts): Contender {
  const tokenizer = loadMiniLmTokenizer();
  return {
    name: `bare session, ${textsPerRun} a run`,
    async run(seconds) {
      const turn = { documents: 0, wallMs: 0, cpuMs: 0 };
      while (turn.wallMs < seconds * 1_000) {
        // Of like length, so that a run of several pads little.
        const ids = next(batchTexts)
          .map((text) => tokenizer.encode(text))
          .sort((a, b) => a.length - b.length);
        await measure(turn, async () => {
          for (let start = 0; start < ids.length; start += textsPerRun) {
            await session.run(ids.slice(start, start + textsPerRun));
          }
        });
        turn.documents += ids.length;
      }
      return turn;
    },
  };
}

function path(
  name: string,
  next: NextTexts,
  embed: (batch: readonly string[]) => Promise<unknown>,
): Contender {
  return {
    name,
    async run(seconds) {
      const turn = { documents: 0, wallMs: 0, cpuMs: 0 };
      const prepared = next(seconds * textsPerSecondMax);
      const endMs = performance.now() + seconds * 1_000;
      const lane = async () => {
        while (performance.now() < endMs && prepared.length > 0) {
          const batch = prepared.splice(0, batchTexts);
          await embed(batch);
          turn.documents += batch.length;
        }
      };
      await measure(turn, () => Promise.all(Array.from({ length: lanes }, lane)));
      return turn;
    },
  };
}

/** What a query waits for its vector when nothing else is embedded. */
async function shortQueryMs(provider: EmbeddingProvider): Promise<number> {
  const { signal } = new AbortController();
  const samples: number[] = [];
  for (let i = 0; i < shortQueries; i++) {
    const startMs = performance.now();
    await provider.embed([`printer reports error 0x80070005 ${i}`], { lane: 'urgent', signal });
    samples.push(performance.now() - startMs);
  }
  return median(samples);
}

function outcome(turns: ReadonlyMap<string, readonly Turn[]>, queryMs: number): BenchOutcome {
  const rateOf = ({ documents, wallMs }: Turn) => documents / (wallMs / 1_000);
  const cpuOf = ({ documents, cpuMs }: Turn) => cpuMs / documents;
  const bare = [...turns].filter(([name]) => name.startsWith('bare')).map(([, own]) => own);
  // Turn by turn against the fastest bare loop of the same round.
  const bestRate = (round: number) => Math.max(...bare.map((own) => rateOf(own[round] as Turn)));
  const bestCpu = (round: number) => Math.min(...bare.map((own) => cpuOf(own[round] as Turn)));
  return {
    figures: [
      ...[...turns].flatMap(([name, own]) => [
        figure(name, median(own.map(rateOf)), '1/s'),
        figure('  CPU a text', median(own.map(cpuOf)), 'ms'),
        ...(name.startsWith('bare')
          ? []
          : [
              figure(
                '  rate / fastest bare loop',
                median(own.map((turn, i) => rateOf(turn) / bestRate(i))),
                'ratio',
              ),
              figure(
                '  CPU / thriftiest bare loop',
                median(own.map((turn, i) => cpuOf(turn) / bestCpu(i))),
                'ratio',
              ),
            ]),
      ]),
      figure('a short query, idle: p50', queryMs, 'ms'),
    ],
    notes: [
      `MiniLM, int8, distinct texts of about 64 tokens, one inference thread. The bare loop's texts are tokenised before and sorted by length.`,
    ],
  };
}
