import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { KmsError } from '../../../src/base/errors.ts';
import { CallScope } from '../../../src/grpc/call-scope.ts';
import { ManualClock } from '../../support/manual-clock.ts';

class Call extends EventEmitter {
  cancelled = false;
  deadline: Date | number = Number.POSITIVE_INFINITY;

  getDeadline(): Date | number {
    return this.deadline;
  }

  leave(): void {
    this.cancelled = true;
    this.emit('cancelled');
  }
}

const setUp = (call = new Call()) => ({ call, scope: new CallScope(call, new ManualClock()) });
const reasonOf = (signal: AbortSignal) => (signal.reason as KmsError).code;

describe('the scope of a call', () => {
  it('tells each listener once that the caller has gone, and no one who stopped listening', () => {
    const { call, scope } = setUp();
    const told: string[] = [];
    const leaver = () => told.push('who stopped');
    scope.notice.addEventListener('abort', () => told.push('first'));
    scope.notice.addEventListener('abort', leaver);
    scope.notice.addEventListener('abort', () => told.push('second'));
    scope.notice.removeEventListener('abort', leaver);
    expect(scope.notice.aborted).toBe(false);
    call.leave();
    call.leave();
    expect(told).toEqual(['first', 'second']);
    expect(scope.notice.aborted).toBe(true);
  });

  it('has a signal that says the same, whether it was looked at before the caller left or after', () => {
    const { call, scope } = setUp();
    const before = scope.signal;
    expect(before.aborted).toBe(false);
    expect(scope.signal).toBe(before);
    call.leave();
    expect(before.aborted).toBe(true);
    expect(reasonOf(before)).toBe('cancelled');
    const late = setUp();
    late.call.leave();
    expect(reasonOf(late.scope.signal)).toBe('cancelled');
  });

  it('of a caller who has gone already is aborted from the beginning', () => {
    const call = new Call();
    call.leave();
    const { scope } = setUp(call);
    expect(scope.notice.aborted).toBe(true);
    expect(reasonOf(scope.signal)).toBe('cancelled');
  });

  it('that has ended hears no more of the call', () => {
    const { call, scope } = setUp();
    scope.end();
    call.leave();
    expect(scope.notice.aborted).toBe(false);
    expect(scope.signal.aborted).toBe(false);
    expect(call.listenerCount('cancelled')).toBe(0);
  });

  it('puts a deadline of the wall clock on the monotonic one, and has none where there is none', () => {
    const clock = new ManualClock();
    const call = new Call();
    expect(new CallScope(call, clock).deadlineMs).toBeNull();
    call.deadline = new Date(clock.epochMs() + 250);
    expect(new CallScope(call, clock).deadlineMs).toBe(clock.nowMs() + 250);
  });
});
