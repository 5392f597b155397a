// Texts of about 64 tokens through the whole line, durable and searchable, against bare onnxruntime inference of the
// same texts with as many threads: what the line costs beyond the model. The two take turns.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from '../src/embedding/minilm/inference-messages.ts';
import { ensureMiniLmModelFile } from '../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../src/embedding/minilm/minilm-tokenizer.ts';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { benchTexts } from './bench-data.ts';
import { load, secondsSince, withEngine } from './bench-engine.ts';
import { figure, median, report } from './bench-report.ts';

const count = Number(process.env['KMS_BENCH_TEXTS'] ?? 3_000);
const rounds = Number(process.env['KMS_BENCH_ROUNDS'] ?? 3);
/** The bare loop runs with each, and the fastest one is the reference. */
const bareBatches = [1, 4, 8];

const texts = benchTexts(count, 5);
const tokenizer = loadMiniLmTokenizer();
const tokens = texts.map((text) => tokenizer.encode(text));
const meanTokens = tokens.reduce((sum, ids) => sum + ids.length, 0) / count;
// The bare loop gets every advantage: texts are tokenised beforehand and sorted by length, so nothing is padded.
const sorted = [...tokens].sort((a, b) => a.length - b.length);

function* documents(round: number): Generator<Document> {
  // The round's number in each text keeps the embedding cache out of the figure.
  for (const [i, text] of texts.entries()) {
    yield { id: `t-${i}`, collection: `round-${round}`, body: `${round} ${text}` };
  }
}

/** Texts a second of nothing but the model on one thread, `batch` at a time. */
async function bareRate(session: InferenceSession, batch: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < sorted.length; i += batch) await session.run(sorted.slice(i, i + batch));
  return count / secondsSince(start);
}

const folder = mkdtempSync(join(tmpdir(), 'kms-bench-'));
const session = await openMiniLmSession(await ensureMiniLmModelFile({ dataDir: folder, precision: 'int8' }));
const bare = new Map<number, number[]>(bareBatches.map((batch) => [batch, []]));
const whole: number[] = [];
await withEngine({}, async (engine) => {
  for (let round = 0; round < rounds; round++) {
    for (const [batch, rates] of bare) rates.push(await bareRate(session, batch));
    const fresh = documents(round);
    const start = performance.now();
    await load(engine, fresh, { documentsPerMessage: 64, messagesInFlight: 8 });
    whole.push(count / secondsSince(start));
  }
});
rmSync(folder, { recursive: true, force: true });

const best = Math.max(...[...bare.values()].map(median));
report('ingest-text', [
  figure('tokens a text, mean', meanTokens, 'tokens'),
  ...[...bare].map(([batch, rates]) =>
    figure(`bare onnxruntime, 1 thread, batch ${batch}`, median(rates), '1/s'),
  ),
  figure('engine, whole line, default settings', median(whole), '1/s', '> 156'),
  figure('whole line / fastest bare loop', median(whole) / best, 'ratio', '>= 0.85'),
]);
