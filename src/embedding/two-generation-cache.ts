// Where the cache was before analysis needed it too.
export { TwoGenerationCache } from '../base/two-generation-cache.ts';
