// Needs the judged data: `stsb-en/stsb-en-test.csv` below `../shared/data`, or below KMS_JUDGED_DATA_DIR.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgedDataDir, readStsbTest, scoreStsb, spearman } from '../../../native-bench/stsb-score.ts';
import { openMiniLmProvider } from '../../../src/embedding/minilm/minilm-provider.ts';

const pairs = readStsbTest(judgedDataDir());
if (pairs === null) {
  console.warn(`skipped: no STS-B data in ${judgedDataDir()}; KMS_JUDGED_DATA_DIR can name another folder`);
}

test('rank correlation looks at ranks only, and equal values share a rank', () => {
  expect(spearman([1, 2, 3, 4], [10, 20, 30, 1_000])).toBeCloseTo(1, 10);
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 10);
  expect(spearman([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(0.9487, 4);
});

test.skipIf(pairs === null)('the default model ranks the STS-B test pairs as published', async () => {
  if (pairs === null) return;
  expect(pairs).toHaveLength(1_379);
  const dataDir = mkdtempSync(join(tmpdir(), 'kms-stsb-'));
  const provider = await openMiniLmProvider({ dataDir, precision: 'int8', threadsMin: 1, threadsMax: 1 });
  try {
    const { signal } = new AbortController();
    const score = await scoreStsb(
      pairs,
      async (texts) => (await provider.embed(texts, { lane: 'bulk', signal })).vectors,
    );
    console.info(`STS-B test Spearman, ${provider.model}: ${score.toFixed(4)} (published .820)`);
    expect(score).toBeGreaterThanOrEqual(0.815);
  } finally {
    await provider.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
