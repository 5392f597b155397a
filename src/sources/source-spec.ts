// A source as the sources file declares it, checked: what the operator meant, in the units that the code uses.

/** The same for all documents, or a column that says it for each. */
export type FixedOrColumn =
  | { readonly type: 'fixed'; readonly value: string }
  | { readonly type: 'column'; readonly column: string };

interface CommonSpec {
  readonly name: string;
  /** Milliseconds between two syncs; null: only when asked. */
  readonly everyMs: number | null;
}

export interface FileSpec extends CommonSpec {
  readonly type: 'jsonl' | 'csv';
  readonly path: string;
  /** For documents that name none. */
  readonly collection: string;
}

/** How the source hears of changes between two syncs. */
export type ChangesSpec =
  | { readonly type: 'polling' }
  | { readonly type: 'notify'; readonly channel: string }
  | { readonly type: 'cdc'; readonly slot: string; readonly publication: string };

/** `each`: after every sync. A number: when that many milliseconds have passed since the last one. */
export type ReconcileSpec = 'never' | 'each' | number;

export interface ColumnsSpec {
  readonly id: string;
  readonly title: string | null;
  /** Joined with an empty line between them. */
  readonly body: readonly string[];
  /** Null: every sync reads the whole table. */
  readonly updateTime: string | null;
  /** True, or a time that is set, means that the row is deleted. */
  readonly deleted: string | null;
  readonly attributes: readonly { readonly name: string; readonly column: string }[];
}

export interface PostgresSpec extends CommonSpec {
  readonly type: 'postgres';
  /** With the password: never to a log, an error or a checkpoint. */
  readonly url: string;
  readonly relation:
    | { readonly type: 'table'; readonly schema: string | null; readonly table: string }
    | { readonly type: 'query'; readonly sql: string };
  readonly collection: FixedOrColumn;
  readonly mediaType: FixedOrColumn;
  readonly columns: ColumnsSpec;
  readonly overlapMs: number;
  readonly reconcile: ReconcileSpec;
  readonly changes: ChangesSpec;
  readonly statementTimeoutMs: number;
}

export type SourceSpec = FileSpec | PostgresSpec;
