// Quality of the built-in embedding models through the engine's own path, and how many texts a second each embeds on one
// thread: `npx tsx native-bench/stsb.ts`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingProvider } from '../src/embedding/embedding-provider.ts';
import { openMiniLmProvider } from '../src/embedding/minilm/minilm-provider.ts';
import { openStaticProvider } from '../src/embedding/static/static-provider.ts';
import { judgedDataDir, readStsbTest, scoreStsb } from './stsb-score.ts';

/** Of all-MiniLM-L6-v2. */
const published = 0.82;
/** Sentences of STS-B put together to about 64 tokens, as long as a support case. */
const sentencesPerText = 5;

const pairs = readStsbTest(judgedDataDir());
if (pairs === null) throw new Error(`no judged data in ${judgedDataDir()}: set KMS_JUDGED_DATA_DIR`);
const sentences = pairs.map(({ first }) => first);
const texts = sentences.map((_, start) => sentences.slice(start, start + sentencesPerText).join(' '));
const { signal } = new AbortController();
const dataDir = mkdtempSync(join(tmpdir(), 'kms-stsb-'));

/** Texts a second of the wall clock and of the processor, of the whole process. */
async function rateOf(provider: EmbeddingProvider, count: number): Promise<{ wall: number; cpu: number }> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await provider.embed(texts.slice(0, count), { lane: 'bulk', signal });
  const { user, system } = process.cpuUsage(startCpu);
  return { wall: (1_000 * count) / (performance.now() - startMs), cpu: (1e6 * count) / (user + system) };
}

try {
  console.log(`STS-B test, ${pairs.length} pairs, Spearman; published ${published}`);
  const threads = { threadsMin: 1, threadsMax: 1 };
  const contenders = [
    () => openMiniLmProvider({ dataDir, precision: 'int8', ...threads }),
    () => openMiniLmProvider({ dataDir, precision: 'fp32', ...threads }),
    () => openStaticProvider({ dataDir }),
  ];
  for (const open of contenders) {
    const provider = await open();
    const score = await scoreStsb(
      pairs,
      async (some) => (await provider.embed(some, { lane: 'bulk', signal })).vectors,
    );
    const { wall, cpu } = await rateOf(provider, provider.isCheap === true ? texts.length : 200);
    console.log(
      `${provider.model.padEnd(20)} ${score.toFixed(4)}  ${wall.toFixed(0).padStart(6)} texts/s  ` +
        `${cpu.toFixed(0).padStart(6)} a second of one core`,
    );
    await provider.close();
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
