// Texts of about 64 tokens through the whole line, durable and searchable, against bare onnxruntime inference of the
// same texts with as many threads: what the line costs beyond the model. The two take turns.

import type { InferenceSession } from '../src/embedding/minilm/inference-messages.ts';
import { ensureMiniLmModelFile } from '../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../src/embedding/minilm/minilm-tokenizer.ts';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { benchTexts } from './bench-data.ts';
import { load, secondsSince, withEngine, withFolder } from './bench-engine.ts';
import { type BenchOutcome, type BenchSize, figure } from './report/figure.ts';
import { median } from './report/statistics.ts';

export const about =
  'Texts of about 64 tokens, distinct, through the whole line: extracted, cleaned, embedded by one inference thread, durable and ' +
  'searchable. Beside it, in turns, nothing but the model over the same texts, tokenised before and sorted by length.';

/** Both sides get so many texts before anything is timed: the engine's code is then compiled, the runtime's memory laid out. */
const warmUpTexts = 400;
const warmUpRound = 99;
/** The bare loop runs with each, and the fastest one is the reference. */
const bareBatches = [1, 4, 8];

const loadOptions = { documentsPerMessage: 64, messagesInFlight: 8 };

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_TEXTS'] ?? (size === 'full' ? 3_000 : 800));
  const rounds = Number(process.env['KMS_BENCH_ROUNDS'] ?? (size === 'full' ? 3 : 2));
  const texts = benchTexts(count, 5);
  const tokenizer = loadMiniLmTokenizer();
  const tokens = texts.map((text) => tokenizer.encode(bodyOf(text, warmUpRound)));
  const meanTokens = tokens.reduce((sum, ids) => sum + ids.length, 0) / count;
  // The bare loop gets every advantage: nothing is padded.
  const sorted = tokens.toSorted((a, b) => a.length - b.length);
  const bare = new Map<number, number[]>(bareBatches.map((batch) => [batch, []]));
  const whole: number[] = [];
  await withFolder(async (folder) => {
    const model = await ensureMiniLmModelFile({ dataDir: folder, precision: 'int8', runtime: 'onnxruntime' });
    const session = await openMiniLmSession(model);
    await withEngine({ KMS_EMBED_THREADS_MAX: '1' }, async (engine) => {
      for (const batch of bareBatches) await bareRate(session, sorted.slice(0, warmUpTexts), batch);
      await load(engine, documents(texts.slice(0, warmUpTexts), warmUpRound), loadOptions);
      for (let round = 0; round < rounds; round++) {
        for (const [batch, rates] of bare) rates.push(await bareRate(session, sorted, batch));
        const fresh = documents(texts, round);
        const start = performance.now();
        await load(engine, fresh, loadOptions);
        whole.push(count / secondsSince(start));
      }
    });
  });
  const best = Math.max(...[...bare.values()].map(median));
  return {
    figures: [
      figure(`whole line, ${count} texts / fastest bare loop`, median(whole) / best, 'ratio', '>= 0.9'),
      figure('whole line / bare loop of one text a call', median(whole) / median(bare.get(1) ?? []), 'ratio'),
      figure('engine, whole line', median(whole), '1/s'),
      ...[...bare].map(([batch, rates]) =>
        figure(`bare onnxruntime, 1 thread, ${batch} texts a call`, median(rates), '1/s'),
      ),
      figure('tokens a text, mean', meanTokens, ''),
    ],
  };
}

function* documents(texts: readonly string[], round: number): Generator<Document> {
  for (const [i, text] of texts.entries()) {
    yield { id: `t-${i}`, collection: `round-${round}`, body: bodyOf(text, round) };
  }
}

/** The round's number in each text keeps the embedding cache out of the figure. One token, whatever the round. */
function bodyOf(text: string, round: number): string {
  return `${round} ${text}`;
}

/** Texts a second of nothing but the model on one thread, `batch` at a time. */
async function bareRate(
  session: InferenceSession,
  sorted: readonly (readonly number[])[],
  batch: number,
): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < sorted.length; i += batch) await session.run(sorted.slice(i, i + batch));
  return sorted.length / secondsSince(start);
}
