// STS-B: 1,379 pairs of sentences whose similarity people judged from 0 to 5 (Cer et al. 2017). A model's score is
// Spearman's rank correlation of its cosines with the judgements; .820 is published for all-MiniLM-L6-v2 (MTEB).

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

export interface JudgedPair {
  readonly first: string;
  readonly second: string;
  readonly judgement: number;
}

/** `KMS_JUDGED_DATA_DIR`, or `shared/data` beside the project. */
export function judgedDataDir(): string {
  const beside = fileURLToPath(new URL('../../shared/data', import.meta.url));
  return process.env['KMS_JUDGED_DATA_DIR'] ?? beside;
}

/** The test split, or null when the judged data is not on this machine. */
export function readStsbTest(dataDir: string): JudgedPair[] | null {
  const path = join(dataDir, 'stsb-en', 'stsb-en-test.csv');
  if (!existsSync(path)) return null;
  const rows: string[][] = parse(readFileSync(path, 'utf8'));
  return rows.map(([first = '', second = '', judgement]) => ({
    first,
    second,
    judgement: Number(judgement),
  }));
}

/** `embed` returns shape [texts × dimensions], rows of unit length. */
export async function scoreStsb(
  pairs: readonly JudgedPair[],
  embed: (texts: readonly string[]) => Promise<Float32Array>,
): Promise<number> {
  const texts = pairs.flatMap(({ first, second }) => [first, second]);
  const vectors = await embed(texts);
  const dimensions = vectors.length / texts.length;
  const cosines = pairs.map((_, pair) => {
    const start = 2 * pair * dimensions;
    let cosine = 0;
    for (let i = start; i < start + dimensions; i++) {
      cosine += (vectors[i] as number) * (vectors[i + dimensions] as number);
    }
    return cosine;
  });
  return spearman(
    cosines,
    pairs.map(({ judgement }) => judgement),
  );
}

/** Pearson's correlation of the ranks; equal values share the mean of their ranks. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return pearson(ranksOf(a), ranksOf(b));
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((x, y) => (values[x] as number) - (values[y] as number));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (const index of order.slice(start, end)) ranks[index] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[index] as number) - meanB];
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}
