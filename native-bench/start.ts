// How soon an engine serves again, and what its documents cost in memory. The engine is killed at the moment when the last
// document of a load at full rate is acknowledged: its tail is full, and its newest snapshot is as old as it gets.

import { join } from 'node:path';
import { linkedBytes } from '../src/vector/graph-bytes.ts';
import { load, tailEmptied, timedStart, withFolder } from './bench-engine.ts';
import { settledBytes } from './process-usage.ts';
import { type BenchOutcome, type BenchSize, type Figure, figure } from './report/figure.ts';
import { median } from './report/statistics.ts';
import { VectorFile } from './vector-file.ts';

export const about =
  'Seconds from the start of the process until the engine serves everything, after a stop and after a `kill -9` at the end of ' +
  'a load at full rate; and the memory of its documents beside the vectors and links that any HNSW graph of them must hold.';

const dimensions = 384;
const m = 16;
const mebibyte = 2 ** 20;
/** Seldom, so that what is measured is what the documents leave behind, and not the questions. */
const askEveryMs = 500;

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  const rounds = size === 'full' ? 3 : 1;
  return await withFolder(async (folder) => {
    const vectors = new VectorFile(folder, count, dimensions, 11);
    const dataDir = join(folder, 'data');
    const first = await timedStart(dataDir);
    await first.engine.stop();
    // Not of the first start, which makes the model's file and leaves the garbage of that behind.
    const empty = await timedStart(dataDir);
    const emptyBytes = await settledBytes(empty.engine.pid);
    await load(empty.engine, vectors.documents(0, count), { documentsPerMessage: 128, messagesInFlight: 8 });
    await empty.engine.kill();
    vectors.close();

    const killed = await timedStart(dataDir);
    await tailEmptied(killed.engine, 'cases', 0, askEveryMs);
    const loadedBytes = await settledBytes(killed.engine.pid);
    await killed.engine.stop();

    const clean: { openSeconds: number; readySeconds: number; bytes: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const { engine, openSeconds, readySeconds } = await timedStart(dataDir);
      clean.push({ openSeconds, readySeconds, bytes: await settledBytes(engine.pid) });
      await engine.stop();
    }
    const restartedBytes = median(clean.map(({ bytes }) => bytes));
    // More documents than the target speaks of may take longer.
    const target = count <= 100_000 ? '<= 2' : '';
    return {
      figures: [
        figure('new folder: ready after', first.readySeconds, 's'),
        figure('no documents: ready after', empty.readySeconds, 's'),
        figure(
          `${count} documents, clean stop: port open after`,
          median(clean.map((start) => start.openSeconds)),
          's',
        ),
        figure(
          `${count} documents, clean stop: ready after`,
          median(clean.map((start) => start.readySeconds)),
          's',
          target,
        ),
        figure(`${count} documents, kill -9 under load: ready after`, killed.readySeconds, 's', target),
        figure('memory of the empty engine', emptyBytes / mebibyte, 'MiB'),
        ...memoryFigures('graph built after the replay', loadedBytes, { emptyBytes, count }),
        ...memoryFigures('after a clean start', restartedBytes, { emptyBytes, count }),
      ],
      notes: [
        'The pages of the files are in the cache of the operating system, as after a restart of the process.',
        `Memory is RssAnon of the whole process after two seconds without work. "Vectors and graph" is ${(linkedBytes({ dimensions, m }, 1) / 1024).toFixed(2)} KiB a vector: ${dimensions} floats and the links of hnswlib's layout at M ${m}. The ratio is of what the documents add to the empty engine's memory; with the empty engine's in it, the line below.`,
      ],
    };
  });
}

function memoryFigures(
  state: string,
  bytes: number,
  { emptyBytes, count }: { readonly emptyBytes: number; readonly count: number },
): Figure[] {
  const floorBytes = linkedBytes({ dimensions, m }, count);
  return [
    figure(`memory, ${state}`, bytes / mebibyte, 'MiB'),
    figure(
      `memory that ${count} documents add / vectors and graph, ${state}`,
      (bytes - emptyBytes) / floorBytes,
      'ratio',
      // With few documents the garbage of the threads' heaps is larger than what the documents take.
      count >= 100_000 ? '<= 1.35' : '',
    ),
    figure(`memory of the whole process / vectors and graph, ${state}`, bytes / floorBytes, 'ratio'),
  ];
}
