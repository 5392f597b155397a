// `kms get ID`: one stored document.

import type { Command } from 'commander';
import { KmsError } from '../base/errors.ts';
import { defaultCollection } from '../model/limits.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions } from './common-options.ts';
import { documentJson } from './document-forms.ts';
import { safeBlock, safeJson, safeLine } from './safe-text.ts';

interface GetOptions extends ClientOptions {
  readonly collection: string;
  readonly vectors: boolean;
}

export function addGetCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('get')
    .description('Print one stored document.')
    .argument('<id>', 'the document')
    .option('-c, --collection <name>', "the document's collection", defaultCollection)
    .option('--vectors', 'with its vectors, as base64 of little-endian float32 (only with --json)', false)
    .addHelpText(
      'after',
      `
Examples:
  kms get CASE-1042
  kms get guides/setup.md --collection articles --json`,
    );
  addClientOptions(command).action((id: string, options: GetOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const request = { collection: options.collection, id, includeVectors: options.vectors && options.json };
      const { document } = await connection.call((client, call) => client.getDocument(request, call));
      if (document === null) throw new KmsError('internal', 'the engine sent an answer without the document');
      const json = documentJson(document);
      io.stdout.write(options.json ? `${safeJson(json)}\n` : readable(json));
      return exitCodes.done;
    }),
  );
}

/** The short fields as `name: value`, then the body as it was sent. */
function readable(document: Record<string, unknown>): string {
  const { body, attributes, ...fields } = document;
  const named = [
    ...Object.entries(fields),
    ...Object.entries(attributes as object).map(([name, value]) => [`attributes.${name}`, value] as const),
  ];
  const known = named.filter(([, value]) => value !== null);
  const lines = known.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${safeLine(String(name))}: ${safeLine(text)}`;
  });
  return `${lines.join('\n')}\n\n${safeBlock(String(body))}\n`;
}
