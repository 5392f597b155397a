// How each fault looks to a client.

import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, KmsError, toFault } from '../../../src/base/errors.ts';
import { errorDetails } from '../../../src/grpc/client.ts';
import { toServiceError, toWireError } from '../../../src/grpc/status.ts';

const codes: Readonly<Record<ErrorCode, [code: status, isRetryable: boolean]>> = {
  invalid_argument: [status.INVALID_ARGUMENT, false],
  dimension_mismatch: [status.INVALID_ARGUMENT, false],
  not_found: [status.NOT_FOUND, false],
  failed_precondition: [status.FAILED_PRECONDITION, false],
  resource_exhausted: [status.RESOURCE_EXHAUSTED, true],
  actor_down: [status.UNAVAILABLE, true],
  unavailable: [status.UNAVAILABLE, true],
  deadline_exceeded: [status.DEADLINE_EXCEEDED, false],
  cancelled: [status.CANCELLED, false],
  aborted: [status.ABORTED, true],
  data_loss: [status.DATA_LOSS, false],
  poisoned: [status.INTERNAL, false],
  internal: [status.INTERNAL, false],
};

describe('a fault', () => {
  test.each(Object.entries(codes))(
    '%s has its status, its reason, and a retry only where it helps',
    (name, expected) => {
      const [code, isRetryable] = expected;
      const error = new KmsError(name as ErrorCode, 'what happened', {
        violations: [{ field: 'a.b', description: 'is wrong' }],
        facts: { size: 17 },
      });
      const details = errorDetails(toServiceError(error));
      expect(details).toMatchObject({ code, reason: name.toUpperCase(), domain: 'kms' });
      expect(details?.retryDelayMs !== null).toBe(isRetryable);
      if (name !== 'internal') {
        expect(details).toMatchObject({
          message: 'what happened',
          metadata: { size: '17' },
          violations: [{ field: 'a.b', description: 'is wrong' }],
        });
      }
      expect(toWireError(toFault(error))).toMatchObject({
        code,
        reason: name.toUpperCase(),
        retryable: isRetryable,
      });
    },
  );

  test('that is unknown tells a client nothing but that', () => {
    const error = toServiceError(new TypeError('password is hunter2'));
    expect(error.code).toBe(status.INTERNAL);
    expect(JSON.stringify([error.message, error.details, errorDetails(error)])).not.toContain('hunter2');
  });

  test('gives trailers that any client accepts, whatever it says', () => {
    const words = fc.string({ unit: 'binary', maxLength: 3_000 });
    const violations = fc.array(fc.record({ field: words, description: words }), { maxLength: 200 });
    fc.assert(
      fc.property(words, violations, fc.dictionary(words, words), (message, list, facts) => {
        const error = toServiceError(new KmsError('invalid_argument', message, { violations: list, facts }));
        const details = error.metadata.get('grpc-status-details-bin')[0] as Buffer;
        const trailerBytes = details.toString('base64').length + encodeURI(error.details).length;
        expect(trailerBytes).toBeLessThan(8 * 1024);
      }),
    );
  });

  test('with a lone surrogate in its message does not break the trailers', () => {
    const error = toServiceError(new KmsError('invalid_argument', `cut ${'\uD83D'}`));
    expect(() => encodeURI(error.details)).not.toThrow();
  });
});
