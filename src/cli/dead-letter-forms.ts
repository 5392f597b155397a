// Dead letters as commands show them: JSON for scripts, a table and lines for people.

import Table from 'cli-table3';
import type { DeadLetter__Output } from '../grpc/generated/kms/v1/DeadLetter.ts';
import { documentJson } from './document-forms.ts';
import { safeBlock, safeLine, shortened } from './safe-text.ts';
import { errorJson, isoTimeOrNull } from './wire-forms.ts';

const messageCharactersMax = 80;

export function letterJson(letter: DeadLetter__Output, options: { readonly withPayload: boolean }): object {
  const { document, raw, error } = letter;
  return {
    id: letter.id,
    collection: letter.collection,
    document_id: letter.documentId,
    source: letter.source,
    job_id: letter.jobId,
    stage: letter.stage,
    error: errorJson(error),
    attempts: letter.attempts,
    create_time: isoTimeOrNull(letter.createTime),
    last_try_time: isoTimeOrNull(letter.lastTryTime),
    has_document: letter.hasDocument,
    ...(options.withPayload ? { document: document === null ? null : sentDocumentJson(document), raw } : {}),
  };
}

/** Without what only a stored document has. */
function sentDocumentJson(document: NonNullable<DeadLetter__Output['document']>): object {
  const { content_hash, commit_sequence, commit_time, generation, chunk_count, ...sent } =
    documentJson(document);
  return sent;
}

export function lettersTable(letters: readonly DeadLetter__Output[]): string {
  const table = new Table({
    head: ['dead letter', 'document', 'source', 'stage', 'code', 'tries', 'reason'],
    colAligns: ['left', 'left', 'left', 'left', 'left', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const letter of letters) {
    table.push([
      safeLine(letter.id),
      `${safeLine(letter.collection)}/${safeLine(letter.documentId) || '?'}`,
      safeLine(letter.source) || '-',
      safeLine(letter.stage),
      safeLine(letter.error?.reason ?? ''),
      letter.attempts,
      shortened(safeLine(letter.error?.message ?? ''), messageCharactersMax),
    ]);
  }
  return table.toString();
}

/** One dead letter with all that is known, its payload last. */
export function letterText(letter: DeadLetter__Output): string {
  const { error, document, raw } = letter;
  const rows: readonly (readonly [string, string | null])[] = [
    ['dead letter', letter.id],
    ['collection', letter.collection],
    ['document', letter.documentId || 'unknown'],
    ['source', letter.source || 'a client'],
    ['job', letter.jobId || null],
    ['stage', letter.stage],
    ['reason', error === null ? null : `${error.reason}: ${error.message}`],
    ...(error?.fieldViolations ?? []).map(({ field, description }) => [`  ${field}`, description] as const),
    ['attempts', `${letter.attempts}`],
    ['first failed', isoTimeOrNull(letter.createTime)],
    ['last failed', isoTimeOrNull(letter.lastTryTime)],
    [
      'retry',
      letter.hasDocument ? 'possible' : 'not possible: it never became a document; correct it in its source',
    ],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`${name.startsWith('  ') ? '  ' : ''}${safeLine(name)}: ${safeLine(value)}`],
  );
  const payload = document === null ? raw : `${document.title}\n\n${document.body}`;
  return `${lines.join('\n')}\n\n${safeBlock(payload)}\n`;
}
