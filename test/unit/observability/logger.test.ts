import { expect, it } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/observability/logger.ts';

function captured(): { lines: () => Record<string, unknown>[]; sink: { write(text: string): void } } {
  const texts: string[] = [];
  return { lines: () => texts.map((text) => JSON.parse(text)), sink: { write: (text) => texts.push(text) } };
}

it('a line says level, time, thread and actor, then the event', () => {
  const { lines, sink } = captured();
  const log = createLogger({ level: 'info', thread: 'main', sink });
  log.child({ actor: 'embed' }).warn({ attempt: 2 }, 'restarting actor');
  log.debug({}, 'too quiet');
  expect(lines()).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      thread: 'main',
      actor: 'embed',
      attempt: 2,
      msg: 'restarting actor',
    },
  ]);
});

it('document text and vectors never reach a line, even when a whole document is passed', () => {
  const { lines, sink } = captured();
  const document = {
    id: 'a',
    title: 'secret',
    body: 'secret',
    attributes: { note: 'secret' },
    embedding: [0.123456789],
  };
  const log = createLogger({ level: 'info', thread: 'main', sink });
  log.info({ document, text: 'secret', batch: { document } }, 'mistake');
  expect(JSON.stringify(lines())).not.toMatch(/secret|0\.123456789/);
});

it('a count stays readable under a name that would be cut out for its text', () => {
  const { lines, sink } = captured();
  createLogger({ level: 'info', thread: 'main', sink }).info({ vectors: 435 }, 'shard is ready');
  expect(lines()[0]).toMatchObject({ vectors: 435 });
});

it('a known error is logged with its code and facts, an unforeseen one with its stack', () => {
  const { lines, sink } = captured();
  const log = createLogger({ level: 'info', thread: 'main', sink });
  const cause = new Error('disk');
  log.error({ error: new KmsError('unavailable', 'gone', { cause, facts: { shard: 1 } }) }, 'failed');
  expect(lines()[0]).toMatchObject({
    error: { message: 'gone', code: 'unavailable', facts: { shard: 1 }, cause: { message: 'disk' } },
  });
  expect(JSON.stringify(lines()[0])).toContain('logger.test.ts');
});
