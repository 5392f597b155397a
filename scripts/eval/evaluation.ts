// Judges one engine on every set, one after the other, and says what came out.

import { EvalEngine } from './eval-engine.ts';
import type { FoundSet } from './find-sets.ts';
import type { SetFeatures } from './fusion-features.ts';
import { judgeLabelled, type LabelledResult } from './judge-labelled.ts';
import { judgePairs, type PairResult } from './judge-pairs.ts';
import { judgeRetrieval, type RetrievalResult } from './judge-retrieval.ts';
import { type JudgedFeatures, type LeftOutResult, leaveOneOut } from './leave-one-out.ts';
import type { Progress } from './progress.ts';
import type { SearchMethod } from './search-methods.ts';

export type SetResult = RetrievalResult | LabelledResult | PairResult;

export interface Evaluation {
  readonly engine: { readonly version: string; readonly generation: string };
  /** Of the resamples and the draws. */
  readonly seed: number;
  readonly results: readonly SetResult[];
  /** Fusion fitted on the other sets, a set each; null when nobody asked, or there is no other. */
  readonly leftOut: readonly LeftOutResult[] | null;
}

export interface EvaluationOptions {
  readonly sets: readonly FoundSet[];
  readonly methods: readonly SearchMethod[];
  /** Options of hybrid. */
  readonly options: readonly SearchMethod[];
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly progress: Progress;
  /** Told each result as soon as it is known. */
  readonly onResult: (result: SetResult) => void;
  /** Needs all modes. */
  readonly isLeftOut: boolean;
  /** Told what fusion saw of a retrieval set; null: nobody wants to know. */
  readonly onFeatures: ((features: SetFeatures) => void) | null;
}

/** Rejects with `invalid_argument` when a set's files are not as they should be. */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  options.progress.phase('starting the engine');
  const engine = await EvalEngine.start(options.settings);
  try {
    const results: SetResult[] = [];
    const seen: JudgedFeatures[] = [];
    const keep = (judged: JudgedFeatures) => {
      seen.push(judged);
      options.onFeatures?.(judged.features);
    };
    const onFeatures = options.isLeftOut || options.onFeatures !== null ? keep : null;
    for (const found of options.sets) {
      const result = await judgeSet(engine, found, options, onFeatures);
      options.progress.end();
      options.onResult(result);
      results.push(result);
    }
    const { version, vectorSpace } = await engine.client.getStatus({});
    return {
      engine: { version, generation: vectorSpace?.generation ?? '' },
      seed: options.seed,
      results,
      leftOut: options.isLeftOut && seen.length > 1 ? leaveOneOut(seen, options.seed) : null,
    };
  } finally {
    options.progress.end();
    await engine.close();
  }
}

async function judgeSet(
  engine: EvalEngine,
  found: FoundSet,
  { methods, options, seed, progress }: EvaluationOptions,
  onFeatures: ((seen: JudgedFeatures) => void) | null,
): Promise<SetResult> {
  const set = await found.read();
  const how = {
    methods,
    options,
    seed,
    onFeatures,
    onProgress: (phase: string) => progress.phase(`${set.name}: ${phase}`),
  };
  switch (set.type) {
    case 'retrieval':
      return judgeRetrieval(engine, set, how);
    case 'labelled':
      return judgeLabelled(engine, set, how);
    case 'pairs':
      return judgePairs(engine, set, how);
  }
}
