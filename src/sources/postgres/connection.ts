// One connection to PostgreSQL for one piece of work. Values come back as the text that the server writes, in UTC and
// ISO form: exact, and the same as in the replication stream. Faults of the server and of the way to it become KmsErrors.

import pg from 'pg';
import { KmsError } from '../../base/errors.ts';

/** One row, index-aligned with the columns that were asked for. */
export type TextRow = readonly (string | null)[];

export interface ConnectionOptions {
  readonly url: string;
  readonly source: string;
  readonly statementTimeoutMs: number;
}

const connectTimeoutMs = 10_000;
/** The server gives up first and says why; this is for a server that says nothing any more. */
const silenceGraceMs = 15_000;
export const applicationPrefix = 'kms-engine';

const asText = { getTypeParser: () => (value: unknown) => value };
const session = `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';
  set bytea_output = 'hex'; set extra_float_digits = 1; set client_encoding = 'UTF8';
  set idle_in_transaction_session_timeout = 0`;

export class PostgresConnection {
  readonly #client: pg.Client;
  #lost: unknown = null;

  private constructor(client: pg.Client) {
    this.#client = client;
    // Without a listener a lost connection would end the process; the next query reports it.
    client.on('error', (error) => {
      this.#lost = error;
    });
  }

  static async open(options: ConnectionOptions): Promise<PostgresConnection> {
    const { url, source, statementTimeoutMs } = options;
    const client = new pg.Client({
      connectionString: url,
      application_name: `${applicationPrefix} ${source}`,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs + silenceGraceMs,
      keepAlive: true,
    });
    const connection = new PostgresConnection(client);
    try {
      await client.connect();
      await client.query(`${session}; set statement_timeout = ${statementTimeoutMs}`);
      return connection;
    } catch (error) {
      await connection.close();
      throw toPostgresError(error);
    }
  }

  /** Rows of text, index-aligned with the select list. */
  async rows(sql: string, values: readonly unknown[] = []): Promise<readonly TextRow[]> {
    return (await this.query(sql, values)).rows;
  }

  /** The one row of a query that always has one. */
  async row(sql: string, values: readonly unknown[] = []): Promise<TextRow> {
    const [row] = await this.rows(sql, values);
    if (row === undefined) throw new KmsError('internal', 'a query that always has a row has none');
    return row;
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<pg.QueryArrayResult<(string | null)[]>> {
    if (this.#lost !== null) throw toPostgresError(this.#lost);
    try {
      return await this.#client.query<(string | null)[]>({
        text: sql,
        values: [...values],
        rowMode: 'array',
        types: asText,
      });
    } catch (error) {
      throw toPostgresError(error);
    }
  }

  /** Runs `action` inside one snapshot of the database that nothing changes. */
  async *inSnapshot<T>(action: () => AsyncIterable<T>): AsyncGenerator<T> {
    await this.query('begin transaction isolation level repeatable read read only');
    yield* action();
    // A fault or an early end closes the connection, and with it the transaction.
    await this.query('commit');
  }

  /** The answer to a query without parameters, page by page through a cursor, in a transaction of its own. */
  async *pages(sql: string, pageRows: number): AsyncGenerator<readonly TextRow[]> {
    await this.query('begin');
    yield* this.cursorPages(sql, pageRows);
    await this.query('commit');
  }

  /** The same inside a transaction that is there already; one cursor at a time. */
  async *cursorPages(sql: string, pageRows: number): AsyncGenerator<readonly TextRow[]> {
    await this.query(`declare kms_pages no scroll cursor for ${sql}`);
    for (;;) {
      const rows = await this.rows(`fetch ${pageRows} from kms_pages`);
      if (rows.length > 0) yield rows;
      if (rows.length < pageRows) break;
    }
    await this.query('close kms_pages');
  }

  onNotification(listener: () => void): void {
    this.#client.on('notification', listener);
  }

  /** Calls `listener` once the connection is gone, by whatever cause. */
  onEnd(listener: () => void): void {
    this.#client.once('end', listener);
  }

  /** Ends a query that is under way, too. */
  async close(): Promise<void> {
    // What ending it may say does not matter: it is over either way.
    await this.#client.end().catch(() => undefined);
  }
}

/** `"public"."cases"`. */
export function quoteName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

export function quoteText(text: string): string {
  return pg.escapeLiteral(text);
}

/** Classes of SQLSTATE that pass by themselves: connection, resources, the operator's own restart, conflicts. */
const passing = ['08', '53', '57', '58', '40', '55'];
/** Their messages name objects and settings; those of other classes may quote a row. */
const speaking = ['28', '3D', '42', '0A', '55', '53', '57', '08'];

/** What could not be reached, as Node tells it: ` at db.example.com:5432`. Never the URL, which holds the password. */
function whereOf(error: unknown): string {
  // A name with several addresses fails with one error for each.
  const [first = error] = (error as { readonly errors?: readonly unknown[] }).errors ?? [];
  const { address, hostname, port } = first as { address?: string; hostname?: string; port?: number };
  const host = address ?? hostname;
  return host === undefined ? '' : ` at ${host}${port === undefined ? '' : `:${port}`}`;
}

/** `unavailable` when trying again may help, `failed_precondition` when an operator must act. */
export function toPostgresError(error: unknown): KmsError {
  if (error instanceof KmsError) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const isState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && error instanceof pg.DatabaseError;
  if (!isState) {
    const text = typeof code === 'string' ? `${code}${whereOf(error)}` : String(message ?? error);
    return new KmsError('unavailable', `the connection to PostgreSQL failed: ${text}`, { cause: error });
  }
  const state = code.slice(0, 2);
  const text = speaking.includes(state) ? `: ${String(message)}` : '';
  const kind = passing.includes(state) ? 'unavailable' : 'failed_precondition';
  return new KmsError(kind, `PostgreSQL refused${text} (SQLSTATE ${code})`, {
    cause: error,
    facts: { sqlState: code },
  });
}
