import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../../src/actor/actor.ts';
import type { RateHeaders } from '../../../../src/embedding/openai/rate-headers.ts';
import {
  type Permit,
  RequestGovernor,
  type RequestOutcome,
} from '../../../../src/embedding/openai/request-governor.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const answered: RequestOutcome = { type: 'answered' };
const limited: RequestOutcome = { type: 'limited' };
const failed: RequestOutcome = { type: 'failed', reason: 'no answer' };
const nothing: RateHeaders = { retryAfterMs: null, requests: null, tokens: null };

function setUp(limits: { requestsPerMinute?: number; tokensPerMinute?: number } = {}) {
  const clock = new ManualClock();
  const { requestsPerMinute = 0, tokensPerMinute = 0 } = limits;
  const governor = new RequestGovernor({ clock, requestsPerMinute, tokensPerMinute });
  const granted: { readonly name: string; readonly permit: Permit; readonly timeMs: number }[] = [];
  const refused: { readonly name: string; readonly error: unknown }[] = [];
  const ask = (name: string, options: { lane?: Lane; tokens?: number; signal?: AbortSignal } = {}) => {
    const { lane = 'bulk', tokens = 1, signal = new AbortController().signal } = options;
    governor.acquire({ lane, tokens, signal }).then(
      (permit) => granted.push({ name, permit, timeMs: clock.nowMs() }),
      (error: unknown) => refused.push({ name, error }),
    );
  };
  const advance = async (ms: number) => {
    // In steps, so that what is granted meanwhile sees its own instant.
    for (let left = ms; left > 0; left -= 10) {
      clock.advance(Math.min(10, left));
      await settle();
    }
  };
  const names = () => granted.map(({ name }) => name);
  const permitOf = (name: string) => granted.find((each) => each.name === name)?.permit as Permit;
  return { clock, governor, granted, refused, ask, advance, names, permitOf };
}

const settle = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

describe('Retry-After', () => {
  test('holds back every caller, live ones too, until it has passed', async () => {
    const { ask, advance, names, permitOf, granted } = setUp();
    ask('first');
    await settle();
    permitOf('first').settle(limited, { ...nothing, retryAfterMs: 3_000 });
    ask('bulk');
    ask('live', { lane: 'urgent' });
    await advance(2_990);
    expect(names()).toEqual(['first']);
    await advance(20);
    expect(names()).toEqual(['first', 'live', 'bulk']);
    expect(granted.slice(1).every(({ timeMs }) => timeMs >= 3_000)).toBe(true);
  });

  test('a shorter one does not shorten a longer one', async () => {
    const { ask, advance, names, permitOf } = setUp();
    ask('a');
    ask('b');
    await settle();
    permitOf('a').settle(limited, { ...nothing, retryAfterMs: 3_000 });
    permitOf('b').settle(limited, { ...nothing, retryAfterMs: 100 });
    ask('c');
    await advance(2_990);
    expect(names()).not.toContain('c');
    await advance(20);
    expect(names()).toContain('c');
  });

  test('one that is too long for a caller answers it at once, and still nobody is let through', async () => {
    const { ask, advance, names, permitOf, refused } = setUp();
    ask('first');
    ask('waiting', { lane: 'urgent' });
    await settle();
    permitOf('first').settle(limited, { ...nothing, retryAfterMs: 30_000 });
    ask('live', { lane: 'urgent' });
    ask('bulk');
    await settle();
    expect(refused).toMatchObject([
      { name: 'live', error: { code: 'unavailable', facts: { retryAfterMs: 30_000 } } },
    ]);
    await advance(29_980);
    expect(names()).toEqual(['first', 'waiting']);
    await advance(40);
    expect(names()).toContain('bulk');
  });
});

describe('announced limits', () => {
  test('nothing is sent when the service says that nothing is left, until it is whole again', async () => {
    const { ask, advance, names, permitOf } = setUp();
    ask('first');
    await settle();
    permitOf('first').settle(answered, { ...nothing, requests: { remaining: 1, resetMs: 500 } });
    ask('second');
    ask('third');
    await settle();
    expect(names()).toEqual(['first', 'second']);
    await advance(490);
    expect(names()).toHaveLength(2);
    await advance(20);
    expect(names()).toContain('third');
  });

  test('a request of more tokens than are left waits', async () => {
    const { ask, advance, names, permitOf } = setUp();
    ask('first');
    await settle();
    permitOf('first').settle(answered, { ...nothing, tokens: { remaining: 100, resetMs: 500 } });
    ask('large', { tokens: 101 });
    await advance(490);
    expect(names()).not.toContain('large');
    await advance(20);
    expect(names()).toContain('large');
  });
});

describe('lanes', () => {
  test('live goes before bulk that has waited longer', async () => {
    const { ask, advance, names } = setUp({ requestsPerMinute: 60 });
    for (let i = 0; i < 6; i++) ask(`bulk ${i}`);
    ask('live', { lane: 'urgent' });
    await settle();
    const sentBefore = names().length;
    await advance(1_100);
    expect(names()[sentBefore]).toBe('live');
  });

  test('a load in every slot leaves room for live requests', async () => {
    const { ask, names } = setUp();
    for (let i = 0; i < 50; i++) ask(`bulk ${i}`);
    await settle();
    ask('live', { lane: 'urgent' });
    await settle();
    expect(names()).toHaveLength(5);
    expect(names()).toContain('live');
  });
});

describe('waits', () => {
  test('a cancelled caller leaves the queue at once and takes nothing', async () => {
    const { ask, advance, names, refused } = setUp({ requestsPerMinute: 1 });
    const controller = new AbortController();
    ask('first');
    ask('cancelled', { signal: controller.signal });
    ask('third');
    await settle();
    controller.abort(new Error('gone'));
    await settle();
    expect(refused).toMatchObject([{ name: 'cancelled', error: { message: 'gone' } }]);
    await advance(60_010);
    expect(names()).toEqual(['first', 'third']);
  });

  test('whatever happens to requests, every caller is answered in the end and no timer is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom<RequestOutcome>(answered, answered, limited, failed, { type: 'cancelled' }),
          {
            minLength: 1,
            maxLength: 60,
          },
        ),
        async (outcomes) => {
          const { clock, ask, advance, granted, refused } = setUp({ requestsPerMinute: 600 });
          for (const index of outcomes.keys())
            ask(String(index), { lane: index % 5 === 0 ? 'urgent' : 'bulk' });
          let settled = 0;
          for (let step = 0; step < 4_000 && granted.length + refused.length < outcomes.length; step++) {
            await advance(50);
            while (settled < granted.length) {
              const outcome = outcomes[settled] as RequestOutcome;
              const headers = outcome.type === 'limited' ? { ...nothing, retryAfterMs: 200 } : nothing;
              granted[settled++]?.permit.settle(outcome, headers);
            }
          }
          expect(granted.length + refused.length).toBe(outcomes.length);
          for (const { permit } of granted.slice(settled)) permit.settle(answered, nothing);
          await advance(120_000);
          expect(clock.timerCount).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('concurrency', () => {
  test('grows by one a good window, halves in a bad one, and a few refusals by chance are no bad one', async () => {
    const { governor, ask, granted } = setUp();
    const answer = async (outcomes: readonly RequestOutcome[]) => {
      for (const outcome of outcomes) {
        ask('next');
        await settle();
        granted.pop()?.permit.settle(outcome, nothing);
      }
    };
    expect(governor.concurrency).toBe(4);
    await answer([answered, answered, answered, limited, answered, answered, answered, limited]);
    expect(governor.concurrency).toBe(5);
    await answer([limited, limited, limited, limited, limited, limited, answered, answered]);
    expect(governor.concurrency).toBe(2);
  });
});

describe('the circuit breaker', () => {
  async function open(parts: ReturnType<typeof setUp>) {
    for (let i = 0; i < 8; i++) {
      parts.ask(`failing ${i}`);
      await settle();
      parts.permitOf(`failing ${i}`).settle(failed, null);
    }
    expect(parts.governor.breakerState).toBe('open');
  }

  test('opens after a row of failures, lets one try, and closes when that one is answered', async () => {
    const parts = setUp();
    await open(parts);
    parts.ask('one');
    parts.ask('two');
    await parts.advance(1_990);
    expect(parts.names()).not.toContain('one');
    await parts.advance(20);
    expect(parts.names()).toContain('one');
    expect(parts.names()).not.toContain('two');
    expect(parts.governor.breakerState).toBe('half_open');
    parts.permitOf('one').settle(answered, nothing);
    await settle();
    expect(parts.names()).toContain('two');
    expect(parts.governor.breakerState).toBe('closed');
  });

  test('stays open twice as long when the one that tries fails', async () => {
    const parts = setUp();
    await open(parts);
    parts.ask('one');
    await parts.advance(2_010);
    parts.permitOf('one').settle(failed, null);
    parts.ask('two');
    await parts.advance(3_980);
    expect(parts.names()).not.toContain('two');
    await parts.advance(30);
    expect(parts.names()).toContain('two');
  });

  test('a live request is told at once, a load after half a minute', async () => {
    const parts = setUp();
    await open(parts);
    parts.ask('live', { lane: 'urgent' });
    await settle();
    expect(parts.refused).toMatchObject([{ name: 'live', error: { code: 'unavailable' } }]);
    for (let i = 0; i < 10; i++) parts.ask(`load ${i}`);
    for (let second = 0; second < 31; second++) {
      await parts.advance(1_000);
      const trying = parts.granted.filter(({ name }) => name.startsWith('load'));
      for (const { permit } of trying) permit.settle(failed, null);
    }
    const answeredLoads = [...parts.names(), ...parts.refused.map(({ name }) => name)];
    expect(answeredLoads.filter((name) => name.startsWith('load'))).toHaveLength(10);
    expect(parts.refused.some(({ name }) => name.startsWith('load'))).toBe(true);
  });

  test('a wrong key opens it at once', async () => {
    const { ask, permitOf, governor } = setUp();
    ask('one');
    await settle();
    permitOf('one').settle({ type: 'unusable', reason: '401' }, nothing);
    expect(governor.breakerState).toBe('open');
  });

  test('failures with successes between them never open it', async () => {
    const { ask, permitOf, governor } = setUp();
    for (let i = 0; i < 100; i++) {
      ask(`${i}`);
      await settle();
      permitOf(`${i}`).settle(i % 7 === 6 ? answered : failed, nothing);
    }
    expect(governor.breakerState).toBe('closed');
  });
});
