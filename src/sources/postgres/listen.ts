// LISTEN: the database says by itself that something has changed, for example from a trigger with pg_notify.

import { deferred } from '../../base/deferred.ts';
import { KmsError } from '../../base/errors.ts';
import { type ConnectionOptions, PostgresConnection, quoteName } from './connection.ts';

export interface ListenOptions extends ConnectionOptions {
  readonly channel: string;
  /** A notification may have been missed while nobody listened. */
  readonly isAgain: boolean;
}

/** Listens until `signal` is aborted; throws `unavailable` when the connection is lost. */
export async function listen(
  onChange: () => void,
  options: ListenOptions,
  signal: AbortSignal,
): Promise<void> {
  const connection = await PostgresConnection.open(options);
  const over = deferred<void>();
  const stop = () => over.resolve();
  signal.addEventListener('abort', stop, { once: true });
  connection.onEnd(stop);
  connection.onNotification(onChange);
  try {
    await connection.query(`listen ${quoteName(options.channel)}`);
    if (options.isAgain) onChange();
    if (!signal.aborted) await over.promise;
    if (!signal.aborted) throw new KmsError('unavailable', 'the connection that listens was lost');
  } finally {
    signal.removeEventListener('abort', stop);
    await connection.close();
  }
}
