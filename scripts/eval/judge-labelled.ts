// Judges the engine's vectors by MTEB's classification protocol (Muennighoff et al. 2023): logistic regression on 8
// examples a class, mean accuracy on the test split over 10 draws. The draws are MTEB's own, so that what remains between
// a figure here and a published one is the vectors.

import { setImmediate } from 'node:timers/promises';
import { mean } from './bootstrap.ts';
import type { EvalEngine, OnProgress } from './eval-engine.ts';
import type { LabelledSet } from './judged-set.ts';
import { fitLogisticRegression } from './logistic-regression.ts';
import { numpyShuffled } from './numpy-shuffle.ts';

export interface LabelledResult {
  readonly type: 'labelled';
  readonly name: string;
  readonly labels: number;
  readonly testTexts: number;
  /** The mean over the draws, in [0, 1]. */
  readonly accuracy: number;
  /** Standard deviation over the draws. */
  readonly deviation: number;
  readonly draws: number;
  readonly notes: readonly string[];
}

const draws = 10;
const examplesPerLabel = 8;
const iterationsMax = 100;
/** Of every draw: MTEB shuffles the order that the draw before has left, with the same seed each time. */
const drawSeed = 42;

export async function judgeLabelled(
  engine: EvalEngine,
  set: LabelledSet,
  { onProgress }: { readonly onProgress: (phase: string) => OnProgress },
): Promise<LabelledResult> {
  const labels = [...new Set(set.train.map(({ label }) => label))].sort();
  const drawn = drawExamples(set.train);
  // Only what was drawn is embedded: the training split may be many times larger.
  const used = [...new Set(drawn.flat())].map((index) => set.train[index]?.text ?? '');
  const test = set.test.map(({ text }) => text);
  const { dimensions, vectors } = await engine.embed([...used, ...test], onProgress('embed'));
  const known = new Map([...used, ...test].map((text, index) => [text, vectors[index] ?? null]));
  const testRows = rowsOf(set.test, known, labels);
  const onDraw = onProgress('fit');
  const accuracies: number[] = [];
  for (const indices of drawn) {
    const train = rowsOf(
      indices.flatMap((index) => set.train[index] ?? []),
      known,
      labels,
    );
    const examples = { features: packed(train.vectors, dimensions), dimensions, labels: train.labels };
    const classifier = fitLogisticRegression(
      { ...examples, classCount: labels.length },
      { c: 1, iterationsMax },
    );
    const predicted = classifier.predict(packed(testRows.vectors, dimensions));
    const right = predicted.filter((label, row) => label === testRows.labels[row]).length;
    // A test text that the engine refused has no vector, and counts as wrong.
    accuracies.push(right / set.test.length);
    onDraw(accuracies.length, draws);
    // A fit takes seconds: let signals and the progress bar in between.
    await setImmediate();
  }
  const accuracy = mean(accuracies);
  const variance = mean(accuracies.map((value) => (value - accuracy) ** 2));
  const refused = vectors.filter((vector) => vector === null).length;
  return {
    type: 'labelled',
    name: set.name,
    labels: labels.length,
    testTexts: set.test.length,
    accuracy,
    deviation: Math.sqrt(variance),
    draws,
    notes: refused === 0 ? [] : [`texts that the engine refused: ${refused}`],
  };
}

/** Indices into the training split, a list a draw. A label with fewer examples gives all that it has. */
export function drawExamples(train: LabelledSet['train']): readonly (readonly number[])[] {
  let order = train.map((_, index) => index);
  return Array.from({ length: draws }, () => {
    order = numpyShuffled(order, drawSeed);
    const taken = new Map<string, number>();
    return order.filter((index) => {
      const label = train[index]?.label ?? '';
      const count = taken.get(label) ?? 0;
      taken.set(label, count + 1);
      return count < examplesPerLabel;
    });
  });
}

/** The texts that have a vector. */
function rowsOf(
  texts: LabelledSet['train'],
  known: ReadonlyMap<string, Float32Array | null>,
  labels: readonly string[],
): { readonly vectors: readonly Float32Array[]; readonly labels: readonly number[] } {
  const rows = texts.flatMap(({ text, label }) => {
    const vector = known.get(text);
    return vector ? [{ vector, label: labels.indexOf(label) }] : [];
  });
  return { vectors: rows.map(({ vector }) => vector), labels: rows.map(({ label }) => label) };
}

function packed(vectors: readonly Float32Array[], dimensions: number): Float32Array {
  const all = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) all.set(vector, row * dimensions);
  return all;
}
