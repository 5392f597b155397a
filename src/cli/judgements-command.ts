// `kms judgements FOLDER`: the feedback as a test collection in the BEIR layout, which `npm run eval` reads.

import { createWriteStream, existsSync, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import type { Judgement__Output } from '../grpc/generated/kms/v1/Judgement.ts';
import { durationToWire } from '../grpc/wire-status.ts';
import { exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions, durationReader } from './common-options.ts';
import type { Connection } from './connection.ts';
import { safeJson } from './safe-text.ts';

interface JudgementsOptions extends ClientOptions {
  readonly window: number | null;
}

interface JudgedSet {
  readonly texts: Map<string, string>;
  readonly judgements: Judgement__Output[];
}

export function addJudgementsCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('judgements')
    .description(
      'Write the recorded feedback as relevance judgements: queries, grades and the judged documents.',
    )
    .argument('<folder>', 'where to write; must not hold judgements yet')
    .addOption(
      new Option('--window <time>', 'of searches not older than this')
        .default(null, 'all that are kept')
        .argParser(durationReader(3_650)),
    )
    .addHelpText(
      'after',
      `
Examples:
  kms judgements ./judged/mine
  npm run eval -- --data ./judged           # each mode against what people said

Writes queries.jsonl, qrels/test.tsv (2 solved, 1 opened, 0 not relevant) and corpus.jsonl with the judged documents that
still exist. A corpus of judged documents alone is easier to search than the real one: compare modes with it, not engines.
Needs KMS_ANALYTICS_TEXTS=true in the engine.`,
    );
  addClientOptions(command).action((folder: string, options: JudgementsOptions) =>
    runner.withEngine(options, async (connection, io) => {
      if (existsSync(join(folder, 'qrels'))) {
        say(io, `${folder} holds judgements already: name another folder`);
        return exitCodes.usage;
      }
      const judged = await readJudgements(connection, options);
      if (judged.judgements.length === 0) {
        say(io, 'there is no feedback yet: nothing was written');
        return exitCodes.failed;
      }
      const documents = await writeJudgedSet(folder, judged, connection);
      const written = { queries: judged.texts.size, judgements: judged.judgements.length, documents };
      const text = `${written.queries} queries, ${written.judgements} judgements, ${documents} documents`;
      io.stdout.write(options.json ? `${safeJson(written)}\n` : `${text}\n`);
      return exitCodes.done;
    }),
  );
}

async function readJudgements(connection: Connection, { window }: JudgementsOptions): Promise<JudgedSet> {
  const judged: JudgedSet = { texts: new Map(), judgements: [] };
  const request = window === null ? {} : { window: durationToWire(window) };
  await connection.call(async (client, call) => {
    for await (const { judgements } of client.exportJudgements(request, call)) {
      for (const judgement of judgements as Judgement__Output[]) {
        judged.texts.set(judgement.queryId, judgement.text);
        judged.judgements.push(judgement);
      }
    }
  });
  return judged;
}

/** Returns how many of the judged documents there are. */
async function writeJudgedSet(
  folder: string,
  { texts, judgements }: JudgedSet,
  connection: Connection,
): Promise<number> {
  mkdirSync(join(folder, 'qrels'), { recursive: true });
  await writeLines(
    join(folder, 'queries.jsonl'),
    [...texts].map(([id, text]) => JSON.stringify({ _id: id, text })),
  );
  const names = new Map(judgements.map((judgement) => [corpusId(judgement), judgement]));
  const corpus: string[] = [];
  for (const [name, { collection, documentId: id }] of names) {
    const found = await documentOf(connection, { collection, id });
    if (found !== null)
      corpus.push(JSON.stringify({ _id: name, title: found.title, text: found.body, metadata: {} }));
  }
  await writeLines(join(folder, 'corpus.jsonl'), corpus);
  await writeLines(join(folder, 'qrels', 'test.tsv'), [
    'query-id\tcorpus-id\tscore',
    ...judgements.map((judgement) => `${judgement.queryId}\t${corpusId(judgement)}\t${judgement.relevance}`),
  ]);
  return corpus.length;
}

/** One id for collection and document; a tab would break the line of the judgement. */
function corpusId({ collection, documentId }: Judgement__Output): string {
  return `${collection}/${documentId}`;
}

async function documentOf(connection: Connection, key: { readonly collection: string; readonly id: string }) {
  try {
    const reply = await connection.call((client, call) => client.getDocument(key, call));
    return reply.document;
  } catch (error) {
    // Deleted since it was judged.
    if (error instanceof KmsError && error.code === 'not_found') return null;
    throw error;
  }
}

function writeLines(path: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const file: WriteStream = createWriteStream(path);
    file.once('error', reject);
    file.once('finish', () => resolve());
    for (const line of lines) file.write(`${line}\n`);
    file.end();
  });
}
