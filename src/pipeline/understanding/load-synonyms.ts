// The dictionary of synonyms: a YAML file that people write by hand, so it is checked whole at start, and all its faults
// are shown at once with their lines. It is read once; a changed dictionary needs a restart.

import { readFile, stat } from 'node:fs/promises';
import { type FieldViolation, KmsError } from '../../base/errors.ts';
import { Synonyms } from './synonyms.ts';

/** 10,000 groups of some 100 bytes, with as much again in comments. */
const fileBytesMax = 4 * 1024 * 1024;
/** Of a file with more, the first ones tell enough. */
const faultsMax = 50;

/**
 * The dictionary at `path`; an empty path: one without entries. Throws `invalid_argument` with a violation for each
 * fault, its field the line: `line 7: a group must have 2 to 32 members`.
 */
export async function loadSynonyms(path: string): Promise<Synonyms> {
  if (path === '') return new Synonyms([]);
  // The YAML parser takes a tenth of a second to load: only an engine that has a dictionary waits for it.
  const { readDictionary } = await import('./read-dictionary.ts');
  const { groups, faults } = readDictionary(await readDictionaryFile(path));
  if (faults.length > 0) throw fileError(path, faults);
  return new Synonyms(groups);
}

async function readDictionaryFile(path: string): Promise<string> {
  const refuse = (description: string) => fileError(path, [{ field: 'file', description }]);
  try {
    const { size } = await stat(path);
    if (size > fileBytesMax) throw refuse(`must have at most ${fileBytesMax} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KmsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
}

function fileError(path: string, violations: readonly FieldViolation[]): KmsError {
  const count = violations.length === 1 ? 'a fault' : `${violations.length} faults`;
  return new KmsError('invalid_argument', `the synonyms file ${path} has ${count}`, {
    violations: violations.slice(0, faultsMax),
  });
}
