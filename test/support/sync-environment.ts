// The settings of an engine that reads tables and embeds with a service.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the sources file into `folder`; dimensions as the EmbeddingServer's. */
export function syncEnvironment(parts: {
  readonly folder: string;
  /** Entries of the file, as CaseTable gives them. */
  readonly sources: readonly string[];
  readonly databaseUrl: string;
  readonly embeddingUrl: string;
}): Record<string, string> {
  const sourcesFile = join(parts.folder, 'kms-sources.yaml');
  writeFileSync(sourcesFile, `sources:\n${parts.sources.join('')}`);
  return {
    KMS_SOURCES_FILE: sourcesFile,
    KMS_EMBED_PROVIDER: 'openai',
    KMS_EMBED_DIMENSIONS: '32',
    KMS_LOG_LEVEL: 'info',
    OPENAI_BASE_URL: parts.embeddingUrl,
    OPENAI_API_KEY: 'test',
    DATABASE_URL: parts.databaseUrl,
  };
}
