// What the engine compiles for itself (scripts/build-native.mjs): one file for each addon and platform, made by
// `npm run build`, in the folder of the compiled engine.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The same place seen from src and from dist. */
export const addonDir = fileURLToPath(new URL('../../dist/native', import.meta.url));

/** Loads the addon on this thread, or returns what it was before. Throws what Node throws when it is not there. */
export function loadAddon<Addon>(file: string, folder = addonDir): Addon {
  return createRequire(import.meta.url)(join(folder, file)) as Addon;
}
