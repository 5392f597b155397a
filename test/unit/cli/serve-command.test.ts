import { expect, it } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import type { EngineParts, ServedEngine } from '../../../src/cli/serve-command.ts';
import { cli, startCli } from '../../support/cli-run.ts';

const quiet = { KMS_LOG_LEVEL: 'silent' };

/** An engine that does nothing but say what was asked of it. */
function engineProbe() {
  const calls: string[] = [];
  const created = deferred<EngineParts>();
  const failure = deferred<unknown>();
  const stopped = deferred<void>();
  const engine: ServedEngine = {
    start: async () => void calls.push('start'),
    stop: () => {
      calls.push('stop');
      return stopped.promise;
    },
    failure: failure.promise,
    ports: { grpc: 1, http: 2 },
  };
  const createEngine = (parts: EngineParts) => {
    created.resolve(parts);
    return engine;
  };
  return { calls, created: created.promise, failure, stopped, createEngine };
}

it('all faults of the settings are printed, each on a line, and nothing is started', async () => {
  const env = { KMS_INDEX_M: '3', KMS_DATA_DRI: '/data' };
  const { exitCode, stderr } = await cli(['serve', '--search-ef', 'wide'], { env });
  expect(exitCode).toBe(2);
  expect(stderr.trim().split('\n')).toEqual([
    'kms: KMS_DATA_DRI=/data: is not a setting; did you mean KMS_DATA_DIR?',
    'kms: KMS_INDEX_M=3: must be 4..64',
    'kms: --search-ef=wide: must be 10..4096',
  ]);
});

it('flags reach the engine as settings', async () => {
  const probe = engineProbe();
  const run = startCli(['serve', '--embed-threads-max', '3', '--grpc-address', '127.0.0.1:0'], {
    env: quiet,
    createEngine: probe.createEngine,
  });
  const { settings } = await probe.created;
  expect(settings.embedThreadsMax).toBe(3);
  expect(settings.grpcAddress).toEqual({ host: '127.0.0.1', port: 0 });
  probe.stopped.resolve();
  run.signal('SIGTERM');
  expect(await run.exited).toBe(0);
});

it('the first signal stops the engine in order, the second ends the process at once', async () => {
  const probe = engineProbe();
  const run = startCli(['serve'], { env: quiet, createEngine: probe.createEngine });
  await probe.created;
  run.signal('SIGTERM');
  expect(run.abandoned).toEqual([]);
  run.signal('SIGINT');
  expect(run.abandoned).toEqual([130]);
  probe.stopped.resolve();
  expect(await run.exited).toBe(0);
  expect(probe.calls).toEqual(['start', 'stop']);
});

it('an engine that gives itself up is stopped, and the exit code says so', async () => {
  const probe = engineProbe();
  const run = startCli(['serve'], { env: quiet, createEngine: probe.createEngine });
  await probe.created;
  probe.stopped.resolve();
  probe.failure.resolve(new Error('too many restarts'));
  expect(await run.exited).toBe(1);
  expect(probe.calls).toEqual(['start', 'stop']);
});

it('an engine that cannot start ends the process with a failure', async () => {
  const probe = engineProbe();
  const createEngine = (parts: EngineParts) => ({
    ...probe.createEngine(parts),
    start: () => Promise.reject(new Error('port taken')),
  });
  probe.stopped.resolve();
  expect(await startCli(['serve'], { env: quiet, createEngine }).exited).toBe(1);
});

it('help teaches: every command has an example, and wrong usage is exit code 2', async () => {
  const commands = [
    ...['serve', 'ingest', 'search', 'similar', 'get', 'delete', 'status', 'sync'],
    ...['jobs', 'jobs list', 'jobs get', 'jobs watch', 'jobs cancel'],
    ...['dead-letters', 'dead-letters list', 'dead-letters show', 'dead-letters retry', 'dead-letters purge'],
  ];
  for (const command of commands) {
    const { exitCode, stdout } = await cli([...command.split(' '), '--help']);
    expect([command, exitCode]).toEqual([command, 0]);
    expect(stdout).toContain(`  kms ${command}`);
  }
  for (const args of [
    [],
    ['nonsense'],
    ['search'],
    ['search', 'a', '--limit', '0'],
    ['get', 'a', '--address', 'x'],
    ['sync'],
    ['sync', 'cases', '--mode', 'all'],
    ['sync', 'cases', '--priority', 'urgent'],
    ['jobs', 'nonsense'],
    ['jobs', '--state', 'lost'],
    ['jobs', 'get'],
    ['dead-letters', 'show'],
    ['dead-letters', '--limit', '0'],
  ])
    expect([args, (await cli(args)).exitCode]).toEqual([args, 2]);
  expect((await cli(['--version'])).stdout).toBe('1.2.3\n');
});
