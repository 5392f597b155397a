// The CLI's way to a running engine: one client, a deadline for each call, and every failure as a KmsError with the
// fields that the engine named.

import { type ServiceError, status } from '@grpc/grpc-js';
import type { Clock } from '../base/clock.ts';
import { type ErrorCode, KmsError } from '../base/errors.ts';
import { createKmsClient, errorDetails, type KmsCallOptions, type KmsClient } from '../grpc/client.ts';

export class Connection {
  readonly address: string;
  readonly client: KmsClient;
  readonly #timeoutMs: number;

  constructor(address: string, timeoutMs: number, clock: Clock) {
    this.address = address;
    this.client = createKmsClient(address, { clock });
    this.#timeoutMs = timeoutMs;
  }

  /** One unary call within the connection's time limit. */
  async call<Reply>(send: (client: KmsClient, options: KmsCallOptions) => Promise<Reply>): Promise<Reply> {
    try {
      return await send(this.client, { timeoutMs: this.#timeoutMs });
    } catch (error) {
      throw this.fault(error);
    }
  }

  /** A failed call as an error that says what to do. What is not a status stays what it is. */
  fault(error: unknown): unknown {
    const details = errorDetails(error);
    if (details === null) return error;
    // Without a reason the engine had no part in it.
    if (details.reason === '') return this.#transportFault(error as ServiceError);
    return new KmsError(codeOf(details.code), details.message, {
      violations: details.violations,
      facts: details.metadata,
    });
  }

  close(): void {
    this.client.close();
  }

  /** Below the engine: nobody listens, nobody answers in time, or it is not an engine at all. */
  #transportFault(error: ServiceError): KmsError {
    const { address } = this;
    switch (error.code) {
      case status.UNAVAILABLE:
        return new KmsError(
          'unavailable',
          `cannot reach the engine at ${address}; is it running ("kms serve"), and is --address or KMS_GRPC_ADDRESS right?`,
        );
      case status.DEADLINE_EXCEEDED:
        return new KmsError(
          'deadline_exceeded',
          `the engine at ${address} did not answer within ${this.#timeoutMs / 1000} s; --timeout sets another limit`,
        );
      case status.UNIMPLEMENTED:
        return new KmsError(
          'failed_precondition',
          `what listens at ${address} is not a kms engine of this version`,
        );
      default:
        return new KmsError(codeOf(error.code), error.details || error.message);
    }
  }
}

const codes: Partial<Readonly<Record<number, ErrorCode>>> = {
  [status.INVALID_ARGUMENT]: 'invalid_argument',
  [status.NOT_FOUND]: 'not_found',
  [status.FAILED_PRECONDITION]: 'failed_precondition',
  [status.RESOURCE_EXHAUSTED]: 'resource_exhausted',
  [status.UNAVAILABLE]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'deadline_exceeded',
  [status.CANCELLED]: 'cancelled',
  [status.ABORTED]: 'aborted',
  [status.DATA_LOSS]: 'data_loss',
};

function codeOf(code: number): ErrorCode {
  return codes[code] ?? 'internal';
}
