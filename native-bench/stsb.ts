// Quality of the default embedding model through the engine's own path: `npx tsx native-bench/stsb.ts`.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMiniLmProvider } from '../src/embedding/minilm/minilm-provider.ts';
import { judgedDataDir, readStsbTest, scoreStsb } from './stsb-score.ts';

const published = 0.82;

const pairs = readStsbTest(judgedDataDir());
if (pairs === null) throw new Error(`no judged data in ${judgedDataDir()}: set KMS_JUDGED_DATA_DIR`);
const dataDir = mkdtempSync(join(tmpdir(), 'kms-stsb-'));
try {
  console.log(`STS-B test, ${pairs.length} pairs, Spearman; published ${published}`);
  for (const precision of ['int8', 'fp32'] as const) {
    const threads = availableParallelism();
    const provider = await openMiniLmProvider({
      dataDir,
      precision,
      threadsMin: threads,
      threadsMax: threads,
    });
    const { signal } = new AbortController();
    const score = await scoreStsb(
      pairs,
      async (texts) => (await provider.embed(texts, { lane: 'bulk', signal })).vectors,
    );
    console.log(`${provider.model}  ${score.toFixed(4)}`);
    await provider.close();
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
