// One supervised actor through all its threads: starts one, watches it, ends it politely or by force, and says how it
// went down. What to do about that is the supervisor's decision.

import { assertNever } from '../base/assert.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { KmsError, toFault } from '../base/errors.ts';
import type { ActorLog } from './actor.ts';
import { ActorHandle } from './actor-handle.ts';
import type { ActorObserver, DownReason } from './actor-observer.ts';
import type { ActorState, ActorStatus } from './actor-status.ts';
import type { ChildSpec } from './child-spec.ts';
import { ControlTimeout } from './control-client.ts';
import type { ThreadStats } from './control-protocol.ts';
import type { RestartBackoff } from './restart-backoff.ts';
import type { AnyTasks } from './task-loop.ts';
import type { SpawnThread, ThreadExit, ThreadHost } from './thread-host.ts';
import { Watchdog } from './watchdog.ts';
import type { FromThread, OutcomeMessage, ThreadVitals } from './work-protocol.ts';

export interface ChildParts {
  readonly spec: ChildSpec;
  readonly clock: Clock;
  readonly log: ActorLog;
  readonly observer: ActorObserver;
  readonly backoff: RestartBackoff;
  readonly spawn: SpawnThread;
  /** For a thread that may not be terminated; does not return in a real process. */
  exitProcess(code: number): void;
  onReady(): void;
  /** Not called for an end that `halt` asked for. */
  onDown(end: ThreadExit): void;
  /** The backoff is over. */
  onDue(): void;
}

export interface HaltOptions {
  /** Finish what was accepted first. */
  readonly isDraining: boolean;
  /** Monotonic milliseconds; after it the thread is ended by force. */
  readonly deadlineMs: number;
}

const statsTimeoutMs = 2_000;
// The last quarter of a drain's time is kept for closing in order when the work does not end in time.
const drainShare = 0.75;

export class Child {
  readonly spec: ChildSpec;
  readonly handle: ActorHandle<AnyTasks>;
  readonly #parts: ChildParts;
  #state: ActorState = 'starting';
  #host: ThreadHost | null = null;
  #watchdog: Watchdog | null = null;
  #backoffTimer: Timer | null = null;
  /** It may be started as soon as it is its turn. */
  #isDue = true;
  #hasBeenReady = false;
  #readyAtMs: number | null = null;
  /** Why we ended the thread, when we did: truer than its exit code. */
  #verdict: ThreadExit | null = null;
  #halting: Promise<void> | null = null;
  #launches = 0;
  #lastFault = '';
  #vitals: ThreadVitals = { heapBytes: 0, eventLoopLagMs: 0 };

  constructor(parts: ChildParts) {
    this.#parts = parts;
    this.spec = parts.spec;
    const { name, credits, mailboxMax } = parts.spec;
    const { clock, observer } = parts;
    const onReport = (message: Exclude<FromThread, OutcomeMessage>) => this.#onReport(message);
    this.handle = new ActorHandle({ name, clock, observer, credits, mailboxMax, onReport });
  }

  get isLive(): boolean {
    return this.#host !== null;
  }

  get isDue(): boolean {
    return this.#isDue;
  }

  get isReady(): boolean {
    return this.#state === 'running';
  }

  get hasBeenReady(): boolean {
    return this.#hasBeenReady;
  }

  /** It will not be started again. */
  get isFinished(): boolean {
    return this.#state === 'stopped';
  }

  launch(): void {
    const { clock, spec } = this.#parts;
    this.#isDue = false;
    this.#state = 'starting';
    this.#verdict = null;
    this.#readyAtMs = null;
    this.#launches += 1;
    let host: ThreadHost;
    try {
      host = this.#parts.spawn(spec, clock);
    } catch (error) {
      const end: ThreadExit = { isNormal: false, reason: 'start_failed', detail: toFault(error).message };
      // Not from within launch: the supervisor is in the middle of its round.
      queueMicrotask(() => this.#goDown(end));
      return;
    }
    this.#host = host;
    this.handle.attach(host.workPort);
    // An outcome that cannot be read would leave its asker waiting for ever.
    host.workPort.on('messageerror', (error) => this.#kill(host, 'error', `unreadable message: ${error}`));
    this.#watchdog = new Watchdog({
      clock,
      progress: host.progress,
      stuckAfterMs: spec.stuckAfterMs,
      hasWork: () => this.handle.sentCount > 0,
      onStuck: (silentMs) => this.#kill(host, 'stuck', `no progress for ${Math.round(silentMs)} ms`),
    });
    void host.exited.then((exit) => this.#onExit(host, exit));
    const deadlineMs = spec.startTimeoutMs === null ? null : clock.nowMs() + spec.startTimeoutMs;
    host.control.start(deadlineMs).then(
      () => this.#onStarted(host),
      (error: unknown) => this.#onStartFailed(host, error),
    );
  }

  /** Waits before the next start. */
  backOff(reason: DownReason): void {
    const delayMs = this.#parts.backoff.nextMs();
    const facts = { actor: this.spec.name, reason, detail: this.#lastFault, delayMs: Math.round(delayMs) };
    this.#parts.log.warn(facts, 'restarting actor');
    this.#parts.observer.onRestart(this.spec.name, reason);
    this.#state = 'backing_off';
    this.#backoffTimer = this.#parts.clock.setTimer(delayMs, () => {
      this.#isDue = true;
      this.#parts.onDue();
    });
  }

  /** Was halted for another actor's sake, and starts again when it is its turn. */
  comeBack(): void {
    this.#parts.observer.onRestart(this.spec.name, 'sibling');
    this.#state = 'backing_off';
    this.#isDue = true;
  }

  /** Ends the thread, politely as long as `deadlineMs` allows. Never rejects; calling it twice is one halt. */
  halt(options: HaltOptions): Promise<void> {
    this.#backoffTimer?.cancel();
    this.#isDue = false;
    if (!this.#host) return Promise.resolve();
    this.#halting ??= this.#halt(this.#host, options).finally(() => {
      this.#halting = null;
    });
    return this.#halting;
  }

  /** The end of this actor: every ask that is left, and every later one, fails. */
  finish(): void {
    this.#backoffTimer?.cancel();
    this.#isDue = false;
    this.#state = 'stopped';
    if (this.#host) this.handle.detach('it did not stop in time');
    this.handle.close();
  }

  status(): ActorStatus {
    return {
      name: this.spec.name,
      state: this.#state,
      restarts: Math.max(0, this.#launches - 1),
      lastFault: this.#lastFault,
      mailboxDepth: this.handle.depth,
      ...this.#vitals,
    };
  }

  stats(): Promise<ThreadStats> {
    if (this.#host) return this.#host.control.stats(this.#parts.clock.nowMs() + statsTimeoutMs);
    return Promise.reject(new KmsError('unavailable', `actor ${this.spec.name} has no thread now`));
  }

  #onStarted(host: ThreadHost): void {
    if (host !== this.#host || this.#halting) return;
    this.#state = 'running';
    this.#hasBeenReady = true;
    this.#readyAtMs = this.#parts.clock.nowMs();
    const { name, restarts } = this.status();
    if (restarts > 0) this.#parts.log.info({ actor: name, restarts }, 'actor is back');
    this.handle.resume();
    this.#parts.onReady();
  }

  #onStartFailed(host: ThreadHost, error: unknown): void {
    if (host !== this.#host || this.#halting) return;
    const fault = toFault(error);
    if (fault.code === 'actor_down') return; // the exit says why
    this.#parts.log.error({ actor: this.spec.name, fault }, 'actor could not start');
    if (error instanceof ControlTimeout) {
      this.#kill(host, 'start_timeout', fault.message);
      return;
    }
    this.#verdict = { isNormal: false, reason: 'start_failed', detail: fault.message };
    // The thread closes what it had opened and ends; it gets as long as for a stop.
    void this.#awaitExit(host, this.#parts.clock.nowMs() + this.spec.shutdownTimeoutMs);
  }

  #onExit(host: ThreadHost, exit: ThreadExit): void {
    if (host !== this.#host) return;
    this.#watchdog?.stop();
    this.#host = null;
    if (this.#readyAtMs !== null) this.#parts.backoff.noteRun(this.#parts.clock.nowMs() - this.#readyAtMs);
    this.#goDown(this.#verdict ?? exit);
  }

  #goDown(end: ThreadExit): void {
    if (!end.isNormal) this.#lastFault = `${end.reason}: ${end.detail}`;
    this.handle.detach(end.detail);
    if (this.#halting || this.isFinished) return;
    this.#parts.onDown(end);
  }

  #kill(host: ThreadHost, reason: DownReason, detail: string): void {
    if (host !== this.#host) return;
    this.#verdict ??= { isNormal: false, reason, detail };
    const facts = { actor: this.spec.name, reason, detail };
    if (this.spec.onStuck === 'exit_process') {
      this.#parts.log.error(facts, 'this thread cannot be ended safely by itself: ending the process');
      this.#parts.exitProcess(1);
      return;
    }
    this.#parts.log.error(facts, 'ending thread by force');
    host.terminate();
  }

  async #halt(host: ThreadHost, options: HaltOptions): Promise<void> {
    const { clock } = this.#parts;
    const wasRunning = this.isReady;
    this.#state = 'draining';
    // From here on the deadline decides: closing files is no unit of work, but no sign of trouble either.
    this.#watchdog?.stop();
    if (options.isDraining && wasRunning) {
      const nowMs = clock.nowMs();
      const drainUntilMs = nowMs + (options.deadlineMs - nowMs) * drainShare;
      await isWithin(clock, drainUntilMs, Promise.race([this.handle.whenEmpty(), host.exited]));
      await this.#tryControl('drain', () => host.control.drain(drainUntilMs));
    }
    this.handle.pause();
    await this.#tryControl('stop', () => host.control.stop(options.deadlineMs));
    await this.#awaitExit(host, options.deadlineMs);
  }

  async #tryControl(call: string, run: () => Promise<unknown>): Promise<void> {
    if (!this.#host) return; // it ended meanwhile: nothing is left to ask
    try {
      await run();
    } catch (error) {
      const fault = toFault(error);
      if (fault.code === 'actor_down') return; // it ended by itself meanwhile, and its exit says how
      this.#parts.log.warn({ actor: this.spec.name, call, fault }, 'actor did not end in order');
    }
  }

  async #awaitExit(host: ThreadHost, deadlineMs: number): Promise<void> {
    if (await isWithin(this.#parts.clock, deadlineMs, host.exited)) return;
    this.#kill(host, 'stuck', 'did not end in time');
    // A successor may only start when this thread is gone. Where the process ends instead, nothing follows.
    if (this.spec.onStuck === 'terminate') await host.exited;
  }

  #onReport(message: Exclude<FromThread, OutcomeMessage>): void {
    const actor = this.spec.name;
    switch (message.type) {
      case 'counts':
        this.#parts.observer.onCounts(actor, message.deltas);
        break;
      case 'log':
        this.#parts.log[message.level]({ actor, ...message.fields }, message.event);
        break;
      case 'vitals':
        this.#vitals = message.vitals;
        break;
      default:
        assertNever(message);
    }
  }
}

/** Whether `event` came before the deadline. */
function isWithin(clock: Clock, deadlineMs: number, event: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(Math.max(0, deadlineMs - clock.nowMs()), () => resolve(false));
    void event.then(() => {
      timer.cancel();
      resolve(true);
    });
  });
}
