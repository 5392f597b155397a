// Decodes the messages of a replication slot. The library would turn values into dates and numbers, which loses digits:
// here they stay the text that the server writes, as in rows from queries.

import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';

export type ReplicationMessage = Pgoutput.Message;
/** Values by column; undefined where the message does not say them (a large value that has not changed). */
export type ReplicationTuple = Readonly<Record<string, string | null | undefined>>;

export class TextPgoutput {
  readonly #plugin: PgoutputPlugin;

  constructor(publication: string) {
    this.#plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] });
  }

  /** Messages must come in the order of the slot: each table is described before its first row. */
  parse(bytes: Buffer): ReplicationMessage {
    const message = this.#plugin.parse(bytes) as ReplicationMessage;
    if (message.tag === 'relation')
      for (const column of message.columns) column.parser = (text: unknown) => text;
    return message;
  }
}
