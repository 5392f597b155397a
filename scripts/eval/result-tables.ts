// What is shown of each result: one table a retrieval set, one for the sets that judge vectors alone, one that sums up.

import type { Estimate } from './bootstrap.ts';
import { type FigureTable, figure } from './figure-table.ts';
import type { LabelledResult } from './judge-labelled.ts';
import type { PairResult } from './judge-pairs.ts';
import { optionMetrics, type RetrievalResult } from './judge-retrieval.ts';
import { type LeftOutResult, leftOutMetrics } from './leave-one-out.ts';
import { type Baseline, baselinesOf } from './published-baselines.ts';
import { metricNames } from './retrieval-metrics.ts';

/** A row a metric; a column a method, hybrid's difference from its better part, and a column a published baseline. */
export function retrievalTable(result: RetrievalResult): FigureTable {
  const baselines = baselinesOf(result.name);
  const { comparison } = result;
  const rows = metricNames.map((metric) => [
    metric,
    ...result.methods.map(({ metrics }) => range(metrics[metric])),
    ...(comparison === null ? [] : [difference(comparison[metric].difference, comparison[metric].better)]),
    ...baselines.map((baseline) => published(baseline, metric)),
  ]);
  const header = [
    result.name,
    ...result.methods.map(({ name }) => name),
    ...(comparison === null ? [] : ['hybrid − better part']),
    ...baselines.map(({ system }) => system),
  ];
  return { caption: captionOf(result, baselines), header, rows };
}

/** Null when there is no result of that kind. */
export function vectorTable(results: readonly (LabelledResult | PairResult)[]): FigureTable | null {
  if (results.length === 0) return null;
  const rows = results.flatMap((result) => [
    [result.name, describe(result), 'this engine', ownFigure(result)],
    ...baselinesOf(result.name).map(({ system, figures: [first] }) => [
      '',
      '',
      `${system}, published`,
      first === undefined ? '' : figure(first.value),
    ]),
  ]);
  const caption = results.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}.`)).join('\n');
  return { caption, header: ['set', 'figure', 'system', 'value'], rows };
}

/** MAP and recall@5 of the modes, a row a set; null when hybrid was not compared on any. */
export function summaryTable(results: readonly RetrievalResult[]): FigureTable | null {
  const rows = results.flatMap(({ name, methods, comparison }) => {
    if (comparison === null) return [];
    return (['map', 'recall@5'] as const).map((metric, index) => [
      index === 0 ? name : '',
      metric,
      ...['semantic', 'lexical', 'hybrid'].map((mode) => {
        const found = methods.find((method) => method.name === mode);
        return found === undefined ? '' : figure(found.metrics[metric].mean);
      }),
      difference(comparison[metric].difference, comparison[metric].better),
    ]);
  });
  if (rows.length === 0) return null;
  const header = ['set', 'metric', 'semantic', 'lexical', 'hybrid', 'hybrid − better part'];
  return { caption: '', header, rows };
}

/** How far each option moves hybrid, a row a set; null when none was run. */
export function optionTable(results: readonly RetrievalResult[]): FigureTable | null {
  const rows = results.flatMap(({ name, options }) =>
    options.map((option) => [
      option.name,
      name,
      ...optionMetrics.map((metric) => signedRange(option.differences[metric])),
    ]),
  );
  if (rows.length === 0) return null;
  rows.sort(([left = ''], [right = '']) => (left < right ? -1 : Number(left > right)));
  return { caption: '', header: ['option', 'set', ...optionMetrics], rows };
}

/** Fusion fitted on the other sets, three metrics a set; null when it was not asked for. */
export function leftOutTable(results: readonly LeftOutResult[] | null): FigureTable | null {
  if (results === null) return null;
  const rows = results.flatMap(({ name, metrics }) =>
    leftOutMetrics.map((metric, index) => {
      const { fitted, engine, better, difference: gain } = metrics[metric];
      return [index === 0 ? name : '', metric, figure(engine), range(fitted), difference(gain, better)];
    }),
  );
  const header = ['set', 'metric', "the engine's parameters", 'fitted on the others', 'fitted − better part'];
  return { caption: '', header, rows };
}

/** How far the confidence of the first ten hits is from the truth; null when no retrieval set was judged. */
export function calibrationTable(results: readonly RetrievalResult[]): FigureTable | null {
  const rows = results.flatMap(({ name, methods }) =>
    methods
      .filter((method) => ['semantic', 'lexical', 'hybrid'].includes(method.name))
      .flatMap((method) => {
        const { calibration } = method;
        if (calibration === null) return [];
        const { forecasts, error, brier, bins } = calibration;
        const confidence = bins.reduce((sum, bin) => sum + bin.forecasts * bin.meanConfidence, 0) / forecasts;
        const relevant = bins.reduce((sum, bin) => sum + bin.forecasts * bin.relevantShare, 0) / forecasts;
        const figures = [confidence, relevant, error, brier].map((value) => figure(value));
        return [[name, method.name, String(forecasts), ...figures]];
      }),
  );
  if (rows.length === 0) return null;
  const header = [
    'set',
    'mode',
    'hits',
    'mean confidence',
    'share relevant',
    'calibration error',
    'Brier score',
  ];
  return { caption: '', header, rows };
}

function captionOf(result: RetrievalResult, baselines: readonly Baseline[]): string {
  const self = result.excludesSelf ? ', each query left out of its own results' : '';
  const size = `${result.documents} documents, ${result.queries} queries, ${result.relevant} relevant pairs${self}.`;
  const sources = baselines.map(({ system, source }) => `${system}: ${source}.`);
  return [size, ...sources, ...result.notes.map((note) => `${note}.`)].join(' ');
}

const range = ({ mean, low, high }: Estimate) => `${figure(mean)} (${figure(low)} to ${figure(high)})`;

function difference(estimate: Estimate, better: string): string {
  return `${signedRange(estimate)} ${better}`;
}

function signedRange({ mean, low, high }: Estimate): string {
  return `${signed(mean)} (${signed(low)} to ${signed(high)})`;
}

/** What rounds to 0 has no sign. */
function signed(value: number): string {
  const text = figure(Math.abs(value));
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `-${text}`;
}

function published({ figures }: Baseline, metric: string): string {
  const found = figures.find((one) => one.metric === metric);
  return found === undefined
    ? ''
    : figure(found.value, found.value * 1_000 === Math.round(found.value * 1_000) ? 3 : 4);
}

function describe(result: LabelledResult | PairResult): string {
  return result.type === 'labelled'
    ? `accuracy, ${result.labels} labels, ${result.testTexts} texts, ${result.draws} draws`
    : `Spearman, ${result.pairs} pairs`;
}

function ownFigure(result: LabelledResult | PairResult): string {
  return result.type === 'labelled'
    ? `${figure(result.accuracy)} (deviation over draws ${figure(result.deviation)})`
    : figure(result.spearman);
}
