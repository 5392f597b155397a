// A Node client from the protos alone: `npm i @grpc/grpc-js @grpc/proto-loader`, the folder proto/, and this file.
// Usage: node examples/search.mjs [--address HOST:PORT] TEXT

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const { values, positionals } = parseArgs({
  options: { address: { type: 'string', default: process.env.KMS_GRPC_ADDRESS ?? '127.0.0.1:50051' } },
  allowPositionals: true,
});
const text = positionals.join(' ');
if (text === '') {
  console.error('usage: node examples/search.mjs [--address HOST:PORT] TEXT');
  process.exit(2);
}
const includeDirs = [fileURLToPath(new URL('../proto', import.meta.url))];
const { kms } = loadPackageDefinition(
  loadSync('kms/v1/search_service.proto', { includeDirs, defaults: true }),
);
const client = new kms.v1.SearchService(values.address, credentials.createInsecure());

client.search({ text, limit: 5, omitBody: true }, { deadline: Date.now() + 10_000 }, (error, reply) => {
  if (error) {
    console.error(error.message);
    process.exitCode = 1;
  } else
    for (const { cosine, document } of reply.hits)
      console.log(cosine.toFixed(3), document.id, document.title);
  client.close();
});
