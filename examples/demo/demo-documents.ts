// What the demo ingests: the support cases beside this file, and the README files of the installed packages as
// knowledge articles, because everybody who can run the demo has them.

import { isUtf8 } from 'node:buffer';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { openSource } from '../../src/sources/open-source.ts';
import type { SourceDocument } from '../../src/sources/source.ts';

export interface Question {
  readonly text: string;
  /** Ids of the documents that answer it. */
  readonly expected: readonly string[];
}

const examplesDir = fileURLToPath(new URL('../', import.meta.url));
const packagesDir = fileURLToPath(new URL('../../node_modules/', import.meta.url));

export async function readCases(): Promise<SourceDocument[]> {
  const source = await openSource(join(examplesDir, 'cases.jsonl'), 'jsonl', Readable.from([]));
  const documents: SourceDocument[] = [];
  for await (const entry of source.read(null)) {
    if (entry.type === 'rejected') throw new Error(`cases.jsonl, ${entry.place}: malformed`);
    documents.push(entry.document);
  }
  return documents;
}

export async function readQuestions(): Promise<readonly Question[]> {
  const text = await readFile(join(examplesDir, 'questions.json'), 'utf8');
  return (JSON.parse(text) as { readonly questions: readonly Question[] }).questions;
}

/** One article a package, in order of name; ids such as `@grpc/grpc-js/README.md`. */
export async function readArticles(): Promise<SourceDocument[]> {
  const documents: SourceDocument[] = [];
  for (const name of await packageNames()) {
    const files = await readdir(join(packagesDir, name));
    const readme = files.find((file) => file.toLowerCase() === 'readme.md');
    if (readme === undefined) continue;
    const bytes = await readFile(join(packagesDir, name, readme));
    if (!isUtf8(bytes) || bytes.length === 0) continue;
    documents.push(article(name, await description(name), bytes.toString('utf8')));
  }
  return documents;
}

/** A README's own heading is often only "Usage" or a row of badges; the package's description says what it is about. */
async function description(packageName: string): Promise<string> {
  const text = await readFile(join(packagesDir, packageName, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly description?: string }).description ?? 'README';
}

function article(packageName: string, about: string, body: string): SourceDocument {
  return {
    id: `${packageName}/README.md`,
    collection: 'articles',
    title: `${packageName}: ${about}`,
    body,
    mediaType: 'text/markdown',
    attributes: { package: packageName },
    updateTimeMs: null,
    embedding: null,
  };
}

async function packageNames(): Promise<string[]> {
  const names: string[] = [];
  for (const name of await folders('')) {
    if (!name.startsWith('@')) names.push(name);
    else for (const scoped of await folders(name)) names.push(`${name}/${scoped}`);
  }
  return names.sort();
}

async function folders(below: string): Promise<string[]> {
  const entries = await readdir(join(packagesDir, below), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
