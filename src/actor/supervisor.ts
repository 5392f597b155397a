// Keeps a list of actors running by OTP's rules: starts them in order and stops them in reverse, restarts what goes
// down after a backoff, and gives up as a whole when that happens too often.

import type { Clock } from '../base/clock.ts';
import { type Deferred, deferred } from '../base/deferred.ts';
import { KmsError } from '../base/errors.ts';
import type { ActorLog, ActorRef, TasksOf } from './actor.ts';
import type { ActorObserver } from './actor-observer.ts';
import type { ActorStatus } from './actor-status.ts';
import { Child } from './child.ts';
import type { ChildSpec } from './child-spec.ts';
import type { ThreadStats } from './control-protocol.ts';
import { type Backoff, RestartBackoff } from './restart-backoff.ts';
import { type Intensity, RestartIntensity } from './restart-intensity.ts';
import { type SpawnThread, spawnThread, type ThreadExit } from './thread-host.ts';

/** `rest_for_one`: an actor that goes down takes those along that were started after it, for they may depend on it. */
export type SupervisorStrategy = 'one_for_one' | 'rest_for_one';

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly log: ActorLog;
  readonly observer: ActorObserver;
  /** In [0, 1); default Math.random. */
  readonly random?: () => number;
  readonly intensity: Intensity;
  readonly backoff: Backoff;
  readonly strategy: SupervisorStrategy;
  /** Called once, when all actors are stopped because restarts did not help. */
  onEscalate(error: KmsError): void;
  /** Ends the process for the sake of a thread that may not be terminated; default process.exit. */
  readonly exitProcess?: (code: number) => void;
  /** Default: a real worker thread. */
  readonly spawn?: SpawnThread;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #intensity: RestartIntensity;
  readonly #children: Child[] = [];
  #mode: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  #started: Deferred<void> | null = null;
  #shutdown: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#intensity = new RestartIntensity(options.intensity);
  }

  /** To be called before `start`. The handle may be asked at once: its asks wait until the actor has started. */
  add<T extends TasksOf<T>>(spec: ChildSpec): ActorRef<T> {
    if (this.#mode !== 'new') throw new Error(`actor ${spec.name} was added after the start`);
    const { clock, log, observer, backoff } = this.#options;
    const child: Child = new Child({
      spec,
      clock,
      log,
      observer,
      backoff: new RestartBackoff(backoff, this.#options.random ?? Math.random),
      spawn: this.#options.spawn ?? spawnThread,
      exitProcess: this.#options.exitProcess ?? ((code) => process.exit(code)),
      onReady: () => this.#onReady(),
      onDown: (end) => this.#onDown(child, end),
      onDue: () => this.#launchDue(),
    });
    this.#children.push(child);
    // The one place where a handle gets its types: that the entry serves T is what the caller states.
    return child.handle as unknown as ActorRef<T>;
  }

  /**
   * Starts the actors in order, each after the one before it is ready (see isStartConcurrent). Resolves when all are
   * ready, which may take a log replay; rejects when the supervisor gave up or was stopped before that.
   */
  start(): Promise<void> {
    if (this.#started) return this.#started.promise;
    this.#mode = 'running';
    this.#started = deferred();
    // Whoever awaits the start hears of it; an engine that does not wait must not die of an unhandled rejection.
    this.#started.promise.catch(() => undefined);
    this.#launchDue();
    this.#tellWhenReady();
    return this.#started.promise;
  }

  /** In reverse order: lets each actor finish what it has accepted, until the monotonic `deadlineMs`, and stops it. */
  drain(deadlineMs: number): Promise<void> {
    return this.#shutDown({ isDraining: true, deadlineMs });
  }

  /** In reverse order; what is not finished fails. */
  stop(): Promise<void> {
    return this.#shutDown({ isDraining: false, deadlineMs: Number.POSITIVE_INFINITY });
  }

  statuses(): readonly ActorStatus[] {
    return this.#children.map((child) => child.status());
  }

  /** Asks the actor's thread now. Rejects when it has none, or is too busy to answer soon. */
  stats(name: string): Promise<ThreadStats> {
    const child = this.#children.find((candidate) => candidate.spec.name === name);
    if (!child) return Promise.reject(new KmsError('not_found', `there is no actor named ${name}`));
    return child.stats();
  }

  /** Starts every actor that is due and whose turn it is. Called whenever something may have changed that. */
  #launchDue(): void {
    if (this.#mode !== 'running') return;
    for (const [index, child] of this.#children.entries()) {
      if (child.isDue && this.#isTurnOf(child, index)) child.launch();
    }
  }

  #isTurnOf(child: Child, index: number): boolean {
    const areEarlierUp = this.#children
      .slice(0, index)
      .every((earlier) => earlier.isReady || earlier.isFinished || isStartingAside(earlier));
    if (this.#options.strategy === 'one_for_one') return child.hasBeenReady || areEarlierUp;
    // Those started after it must be down before it comes back.
    return areEarlierUp && this.#children.slice(index + 1).every((later) => !later.isLive);
  }

  #onReady(): void {
    this.#launchDue();
    this.#tellWhenReady();
  }

  #onDown(child: Child, end: ThreadExit): void {
    // During a shutdown nothing is restarted; what waits for this actor must not wait until its turn.
    if (this.#mode !== 'running') {
      child.finish();
      return;
    }
    const { restart } = child.spec;
    const isRestarted = restart === 'permanent' || (restart === 'transient' && !end.isNormal);
    if (!isRestarted) {
      child.finish();
      this.#onReady();
      return;
    }
    if (this.#intensity.isExceededBy(this.#options.clock.nowMs())) {
      void this.#escalate(child, end);
      return;
    }
    child.backOff(end.reason);
    if (this.#options.strategy === 'rest_for_one') void this.#haltAfter(child);
  }

  async #haltAfter(child: Child): Promise<void> {
    const later = this.#children.slice(this.#children.indexOf(child) + 1).reverse();
    for (const sibling of later) {
      if (!sibling.isLive) continue;
      const deadlineMs = this.#options.clock.nowMs() + sibling.spec.shutdownTimeoutMs;
      await sibling.halt({ isDraining: false, deadlineMs });
      if (this.#mode !== 'running') return;
      // Two failures may halt the same sibling; the first to see it down brings it back.
      if (!sibling.isLive && !sibling.isDue) sibling.comeBack();
    }
    this.#launchDue();
  }

  async #escalate(child: Child, end: ThreadExit): Promise<void> {
    const { restartsMax, periodMs } = this.#options.intensity;
    const facts = { actor: child.spec.name, reason: end.reason, restartsMax, periodMs };
    this.#options.log.error({ ...facts, detail: end.detail }, 'too many restarts: stopping all actors');
    const error = new KmsError('unavailable', `actor ${child.spec.name} keeps failing: ${end.detail}`, {
      facts,
    });
    child.finish();
    this.#started?.reject(error);
    await this.stop();
    this.#options.onEscalate(error);
  }

  #shutDown(options: { readonly isDraining: boolean; readonly deadlineMs: number }): Promise<void> {
    this.#shutdown ??= this.#stopAll(options);
    return this.#shutdown;
  }

  async #stopAll(options: { readonly isDraining: boolean; readonly deadlineMs: number }): Promise<void> {
    this.#mode = 'stopping';
    this.#started?.reject(new KmsError('unavailable', 'the actors were stopped before all had started'));
    for (const child of this.#children) {
      if (!child.isLive) child.finish();
      else if (!options.isDraining) child.handle.refuse();
    }
    for (const child of [...this.#children].reverse()) {
      child.handle.refuse();
      const politeUntilMs = this.#options.clock.nowMs() + child.spec.shutdownTimeoutMs;
      const deadlineMs = Math.min(politeUntilMs, options.deadlineMs);
      await child.halt({ isDraining: options.isDraining, deadlineMs });
      child.finish();
    }
    this.#mode = 'stopped';
  }

  #tellWhenReady(): void {
    if (this.#children.every((child) => child.isReady || child.isFinished)) this.#started?.resolve();
  }
}

function isStartingAside(child: Child): boolean {
  return child.isLive && child.spec.isStartConcurrent === true;
}
