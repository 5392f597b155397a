// What the tests of this folder share: a supervisor over real threads that records what it tells the outside.

import type { ActorRef } from '../../../src/actor/actor.ts';
import type { ActorObserver } from '../../../src/actor/actor-observer.ts';
import type { ChildSpec } from '../../../src/actor/child-spec.ts';
import { Supervisor, type SupervisorOptions } from '../../../src/actor/supervisor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { deferred } from '../../../src/base/deferred.ts';
import type { KmsError } from '../../../src/base/errors.ts';
import type { FixtureInit, FixtureTasks } from '../../fixtures/actor-messages.ts';

export interface Recorded {
  readonly restarts: { readonly actor: string; readonly reason: string }[];
  readonly counts: unknown[];
  readonly logs: { readonly fields: object; readonly event: string }[];
  readonly works: string[];
  readonly waits: { readonly lane: string; readonly seconds: number }[];
  readonly exits: number[];
  readonly escalated: Promise<KmsError>;
}

export function fixtureSupervisor(overrides: Partial<SupervisorOptions> = {}) {
  const escalation = deferred<KmsError>();
  const exit = deferred<number>();
  const recorded: Recorded = {
    restarts: [],
    counts: [],
    logs: [],
    works: [],
    waits: [],
    exits: [],
    escalated: escalation.promise,
  };
  const observer: ActorObserver = {
    onRestart: (actor, reason) => recorded.restarts.push({ actor, reason }),
    onWait: (_actor, lane, seconds) => recorded.waits.push({ lane, seconds }),
    onWork: (_actor, task) => recorded.works.push(task),
    onDepth: () => undefined,
    onCounts: (_actor, deltas) => recorded.counts.push(...deltas),
  };
  const write = (fields: object, event: string) => recorded.logs.push({ fields, event });
  const supervisor = new Supervisor({
    clock: systemClock,
    log: { debug: write, info: write, warn: write, error: write },
    observer,
    random: () => 0,
    intensity: { restartsMax: 5, periodMs: 60_000 },
    backoff: { initialMs: 10, maxMs: 100, jitter: 0 },
    strategy: 'one_for_one',
    onEscalate: escalation.resolve,
    exitProcess: (code) => {
      recorded.exits.push(code);
      exit.resolve(code);
    },
    ...overrides,
  });
  return { supervisor, recorded, exited: exit.promise };
}

export function sharedCalls(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

export function fixtureSpec(
  overrides: Partial<Omit<ChildSpec, 'init'>> & { readonly init?: Partial<FixtureInit> } = {},
): ChildSpec {
  const { init, ...rest } = overrides;
  return {
    name: 'fixture',
    entry: new URL('../../fixtures/actor.thread.ts', import.meta.url),
    restart: 'permanent',
    shutdownTimeoutMs: 5_000,
    credits: { urgent: 4, bulk: 2 },
    mailboxMax: 100,
    stuckAfterMs: 30_000,
    onStuck: 'terminate',
    startTimeoutMs: 30_000,
    ...rest,
    init: { calls: sharedCalls(), starts: [], ...init } satisfies FixtureInit,
  };
}

export function addFixture(supervisor: Supervisor, spec: ChildSpec = fixtureSpec()): ActorRef<FixtureTasks> {
  return supervisor.add<FixtureTasks>(spec);
}
