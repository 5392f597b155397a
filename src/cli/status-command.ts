// `kms status`: what the engine is, holds and does.

import Table from 'cli-table3';
import type { Command } from 'commander';
import type { ActorStatus__Output } from '../grpc/generated/kms/v1/ActorStatus.ts';
import type { CollectionStatus__Output } from '../grpc/generated/kms/v1/CollectionStatus.ts';
import type { GetStatusResponse__Output } from '../grpc/generated/kms/v1/GetStatusResponse.ts';
import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import type { Source__Output } from '../grpc/generated/kms/v1/Source.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions } from './common-options.ts';
import type { Connection } from './connection.ts';
import { jobJson, jobsTable, sourceJson, sourcesTable } from './job-forms.ts';
import { safeJson, safeLine } from './safe-text.ts';
import { plainWord, snakeCase } from './wire-forms.ts';

/** Jobs that are shown: as many as fit on a screen. */
const jobsShownMax = 20;

/** What there is to say beside GetStatus; empty while the engine is not ready. */
interface Work {
  readonly sources: readonly Source__Output[];
  /** Queued and running ones. */
  readonly jobs: readonly Job__Output[];
}

export function addStatusCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('status')
    .description('Show what the engine is, holds and does; answers also while it is starting.')
    .addHelpText(
      'after',
      `
Examples:
  kms status
  kms status --json | jq -r .state          # starting, ready, draining or stopped`,
    );
  addClientOptions(command).action((options: ClientOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const reply = await connection.call((client, call) => client.getStatus({}, call));
      const work = await workOf(connection, reply);
      io.stdout.write(options.json ? `${safeJson(statusJson(reply, work))}\n` : readable(reply, work));
      return exitCodes.done;
    }),
  );
}

async function workOf(connection: Connection, { state }: GetStatusResponse__Output): Promise<Work> {
  if (state !== 'ENGINE_STATE_READY') return { sources: [], jobs: [] };
  const { sources } = await connection.call((client, call) => client.listSources({}, call));
  const request = {
    states: ['JOB_STATE_QUEUED' as const, 'JOB_STATE_STARTED' as const],
    pageSize: jobsShownMax,
  };
  const { jobs } = await connection.call((client, call) => client.listJobs(request, call));
  return { sources, jobs };
}

/** `ENGINE_STATE_READY` → `ready`. */
function plainState(state: string): string {
  return plainWord(state, /^(ENGINE|ACTOR)_STATE_/);
}

function uptimeSeconds(reply: GetStatusResponse__Output): number {
  return Number(reply.uptime?.seconds ?? 0) + (reply.uptime?.nanos ?? 0) / 1e9;
}

function statusJson(reply: GetStatusResponse__Output, { sources, jobs }: Work): object {
  const { vectorSpace, limits } = reply;
  return {
    version: reply.version,
    state: plainState(reply.state),
    uptime_seconds: uptimeSeconds(reply),
    shard_count: reply.shardCount,
    replay: {
      changes_done: Number(reply.replay?.changesDone ?? 0),
      changes_total: Number(reply.replay?.changesTotal ?? 0),
    },
    vector_space: vectorSpace === null ? null : snakeCase(vectorSpace),
    collections: reply.collections.map(collectionJson),
    actors: reply.actors.map((actor) =>
      snakeCase({ ...actor, state: plainState(actor.state), heapBytes: Number(actor.heapBytes) }),
    ),
    sources: sources.map(sourceJson),
    jobs: jobs.map(jobJson),
    dead_letters: Number(reply.deadLetters),
    limits: limits === null ? null : snakeCase(limits),
  };
}

function collectionJson(row: CollectionStatus__Output): object {
  const { collection, generation, ...counts } = row;
  const numbers = Object.entries(counts).map(([name, value]) => [name, Number(value)]);
  return snakeCase({ collection, generation, ...Object.fromEntries(numbers) });
}

function readable(reply: GetStatusResponse__Output, { sources, jobs }: Work): string {
  const { replay, vectorSpace } = reply;
  const state = plainState(reply.state);
  const progress =
    state === 'starting' ? ` (replayed ${replay?.changesDone} of ${replay?.changesTotal} changes)` : '';
  const parts = [
    `kms-engine ${safeLine(reply.version)}, ${state}${progress}, up ${Math.floor(uptimeSeconds(reply))} s, ${reply.shardCount} ${reply.shardCount === 1 ? 'shard' : 'shards'}`,
    `vectors: ${safeLine(vectorSpace?.model ?? 'unknown')}, ${vectorSpace?.dimensions ?? 0} dimensions`,
    reply.collections.length === 0 ? 'no collections yet' : collectionsTable(reply.collections),
    ...(sources.length === 0 ? [] : [sourcesTable(sources)]),
    ...(jobs.length === 0 ? [] : [jobsTable(jobs)]),
    deadLettersLine(Number(reply.deadLetters)),
    actorsTable(reply.actors),
  ];
  return `${parts.join('\n')}\n`;
}

function deadLettersLine(count: number): string {
  if (count === 0) return 'no dead letters';
  return `${count} dead ${count === 1 ? 'letter' : 'letters'}: "kms dead-letters" says which and why`;
}

function collectionsTable(rows: readonly CollectionStatus__Output[]): string {
  const table = new Table({
    head: ['collection', 'documents', 'vectors', 'graph', 'tail', 'tombstones', 'commit', 'snapshot'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { documents, vectors, graphVectors, tailVectors, tombstones } = row;
    const counts = [documents, vectors, graphVectors, tailVectors, tombstones];
    table.push([safeLine(row.collection), ...counts, row.commitSequence, row.snapshotSequence]);
  }
  return table.toString();
}

function actorsTable(rows: readonly ActorStatus__Output[]): string {
  const table = new Table({
    head: ['actor', 'state', 'restarts', 'mailbox', 'heap MiB', 'lag ms', 'last fault'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const heapMiB = (Number(row.heapBytes) / 2 ** 20).toFixed(0);
    const counts = [row.restarts, row.mailboxDepth, heapMiB, row.eventLoopLagMs.toFixed(1)];
    table.push([safeLine(row.name), plainState(row.state), ...counts, safeLine(row.lastFault)]);
  }
  return table.toString();
}
