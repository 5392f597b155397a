// The table beside the data: distilled once, then only checked and loaded. It is derived data, and whatever is wrong with
// the file is mended by distilling again.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readDerivedFile, sha256Of, writeDerivedFile } from '../derived-file.ts';
import { minilmTokenizerFile, minilmWeightsFile } from '../minilm/minilm-files.ts';
import { ensureMiniLmModelFile } from '../minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../minilm/minilm-session.ts';
import { distilTokens, emptyTextId } from './distil-tokens.ts';
import { shapeTable } from './shape-table.ts';
import { staticDimensions, staticModel } from './static-space.ts';
import type { StaticTable } from './static-table.ts';
import { readVocabulary, tokenWeights } from './vocabulary.ts';

export interface StaticTableOptions {
  /** The file lies in `models/` below it. */
  readonly dataDir: string;
  /** Told while distilling: so many of so many tokens are done. */
  readonly onDistilled?: (done: number, total: number) => void;
  /** Called every few milliseconds while the table is made. */
  readonly onProgress?: () => void;
  /** Only these of the vocabulary, ascending, `[CLS]` among them: a small table of its own for tests. Default: all. */
  readonly ids?: readonly number[];
}

/** Loads the table (12 MB, 0.1 s). The first time on a data folder it is distilled: 12 to 20 s of one core. */
export async function ensureStaticTable(options: StaticTableOptions): Promise<StaticTable> {
  const vocabulary = readVocabulary();
  const weights = tokenWeights(vocabulary);
  const { ids = distillableIds(weights) } = options;
  const sources = `${staticModel} ${minilmWeightsFile.sha256} ${minilmTokenizerFile.sha256} ${ids.join()}`;
  const path = join(options.dataDir, 'models', `${staticModel}-${sha256Of(sources).slice(0, 16)}.table`);
  const known = await readDerivedFile(path);
  const layout = { vocabulary: vocabulary.length, dimensions: staticDimensions };
  if (known !== null && known.length === bytesOf(layout)) return decodeTable(known, layout);
  const table = await distil(ids, weights, options);
  await writeDerivedFile(path, encodeTable(table));
  return table;
}

function distillableIds(weights: Float64Array): number[] {
  return [...weights.keys()].filter((id) => id === emptyTextId || (weights[id] as number) > 0);
}

/** The transformer is needed for this alone: its 58 MB are built in a folder that is gone afterwards. */
async function distil(
  ids: readonly number[],
  weights: Float64Array,
  { dataDir, onDistilled, onProgress = () => undefined }: StaticTableOptions,
): Promise<StaticTable> {
  const scratchDir = join(dataDir, 'models', 'distilling');
  await mkdir(scratchDir, { recursive: true });
  try {
    // ONNX Runtime on every processor: another arithmetic would give another table, and vectors of both would mix.
    const runtime = 'onnxruntime';
    const modelPath = await ensureMiniLmModelFile({ dataDir: scratchDir, precision: 'int8', runtime });
    const session = await openMiniLmSession(modelPath);
    const rows = await distilTokens(session, ids, (done) => {
      onProgress();
      onDistilled?.(done, ids.length);
    });
    const distilled = { ids, rows, dimensions: session.dimensions, emptyTextId };
    return await shapeTable(distilled, weights, onProgress);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

interface Layout {
  readonly vocabulary: number;
  readonly dimensions: number;
}

/** The empty text's vector, factors, rows. */
function bytesOf({ vocabulary, dimensions }: Layout): number {
  return 4 * dimensions + 2 * vocabulary + vocabulary * dimensions;
}

function encodeTable({ rows, factors, empty }: StaticTable): Uint8Array {
  return Buffer.concat(
    [empty, factors, rows].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  );
}

/** Little-endian, as the model's weights are (safetensors.ts asserts it). */
function decodeTable(bytes: Buffer, { vocabulary, dimensions }: Layout): StaticTable {
  // Copied: floats must start at a multiple of four, and a file's buffer starts anywhere.
  const { buffer } = Uint8Array.from(bytes);
  const factorsStart = 4 * dimensions;
  return {
    dimensions,
    empty: new Float32Array(buffer, 0, dimensions),
    factors: new Uint16Array(buffer, factorsStart, vocabulary),
    rows: new Int8Array(buffer, factorsStart + 2 * vocabulary),
  };
}
