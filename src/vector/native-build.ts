// Which build of the index addon is running: for the log and the metrics, and to end a start without it in a sentence.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonDir } from '../base/compiled-addon.ts';
import { KmsError } from '../base/errors.ts';
import { addonFile, nativeAddon } from './native-addon.ts';

export interface NativeBuild {
  /** What all of it but the kernel is compiled for: every processor of this platform. */
  readonly instructionSet: string;
  /** What multiplies vectors, chosen for this processor: `avx512`, `avx2` or `baseline`. */
  readonly kernel: string;
}

const instructionSets: Readonly<Record<string, string>> = { x64: 'x86-64' };

/** Throws `failed_precondition` when the addon is not there, or was made for another platform. */
export function nativeBuild(folder = addonDir): NativeBuild {
  if (!existsSync(join(folder, addonFile))) {
    throw new KmsError('failed_precondition', 'the index addon is not built: run npm run build');
  }
  try {
    const kernel = nativeAddon(folder).kernel();
    return { instructionSet: instructionSets[process.arch] ?? process.arch, kernel };
  } catch (cause) {
    const message = 'the index addon cannot be loaded here: run npm run build on this platform';
    throw new KmsError('failed_precondition', message, { cause });
  }
}
