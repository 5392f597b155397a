// A folder of articles: every .md, .html and .txt file below it is a document. Its id is its path, so the same folder
// read again updates what it wrote before.

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { KmsError } from '../base/errors.ts';
import { articleTitle } from './article-title.ts';
import { type DocumentSource, type SourceEntry, type SourcePosition, sourceLimits } from './source.ts';

const mediaTypeByExtension: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.txt': 'text/plain',
};

interface ArticleFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/**
 * Lists the folder now; the files are read later, in order of path. Hidden files and folders and `node_modules` are
 * left out. Symbolic links are not followed: a loop cannot occur, and nothing outside the folder is read.
 */
export async function openFolder(root: string): Promise<DocumentSource> {
  const files = await listArticles(root);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.path}\0${file.sizeBytes}\0${file.modifiedMs}\n`);
  return {
    bytesTotal: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    identity: `folder:${files.length}:${hash.digest('hex')}`,
    async *read(from) {
      let position: SourcePosition = from ?? { record: 0, offset: 0 };
      for (const file of files.slice(position.record)) {
        position = { record: position.record + 1, offset: position.offset + file.sizeBytes };
        yield await readArticle(root, file, position);
      }
    },
  };
}

async function listArticles(root: string): Promise<readonly ArticleFile[]> {
  const files: ArticleFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && extname(entry.name).toLowerCase() in mediaTypeByExtension) {
        const { size, mtimeMs } = await lstat(join(root, path));
        files.push({ path, sizeBytes: size, modifiedMs: Math.trunc(mtimeMs) });
      }
    }
    if (files.length > sourceLimits.filesMax)
      throw new KmsError(
        'invalid_argument',
        `the folder must have at most ${sourceLimits.filesMax} articles`,
      );
  }
  // By code units and not by locale: the order must be the same on every machine.
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readArticle(root: string, file: ArticleFile, position: SourcePosition): Promise<SourceEntry> {
  const { path } = file;
  const reject = (description: string): SourceEntry => ({
    type: 'rejected',
    position,
    place: path,
    id: path,
    violations: [{ field: 'body', description }],
  });
  if (file.sizeBytes > sourceLimits.fileBytesMax)
    return reject(`the file must have at most ${sourceLimits.fileBytesMax} bytes`);
  let bytes: Buffer;
  try {
    bytes = await readFile(join(root, path));
  } catch (error) {
    return reject(`the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
  if (!isUtf8(bytes)) return reject('the file must be UTF-8');
  const body = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const mediaType = mediaTypeByExtension[extname(path).toLowerCase()] ?? 'text/plain';
  const document = {
    id: path,
    collection: '',
    title: articleTitle(path, mediaType, body),
    body,
    mediaType,
    attributes: {},
    updateTimeMs: file.modifiedMs,
    embedding: null,
  };
  return { type: 'document', position, place: path, document };
}
