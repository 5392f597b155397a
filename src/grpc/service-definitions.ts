// Loads proto/ at start: one source of truth for the server and the client.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import type { AdminServiceDefinition } from './generated/kms/v1/AdminService.ts';
import type { DocumentServiceDefinition } from './generated/kms/v1/DocumentService.ts';
import type { IngestServiceDefinition } from './generated/kms/v1/IngestService.ts';
import type { JobServiceDefinition } from './generated/kms/v1/JobService.ts';
import type { ReembedServiceDefinition } from './generated/kms/v1/ReembedService.ts';
import type { SearchServiceDefinition } from './generated/kms/v1/SearchService.ts';
import { EncodedMessage } from './message-writer.ts';
import { receiverOf } from './received.ts';

// The same two folders up from src/grpc and from dist/grpc.
const protoDir = fileURLToPath(new URL('../../proto/', import.meta.url));
const protoFiles = readdirSync(`${protoDir}kms/v1`)
  .filter((name) => name.endsWith('.proto'))
  .sort()
  .map((name) => `kms/v1/${name}`);

/** Every message and service of kms.v1. The options must be those of scripts/generate-proto-types.mjs. */
const packageDefinition: PackageDefinition = loadSync(protoFiles, {
  includeDirs: [protoDir],
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});

export const serviceNames = {
  ingest: 'kms.v1.IngestService',
  document: 'kms.v1.DocumentService',
  search: 'kms.v1.SearchService',
  job: 'kms.v1.JobService',
  reembed: 'kms.v1.ReembedService',
  admin: 'kms.v1.AdminService',
} as const;

export const serviceDefinitions = {
  ingest: packageDefinition[serviceNames.ingest] as unknown as IngestServiceDefinition,
  document: packageDefinition[serviceNames.document] as unknown as DocumentServiceDefinition,
  search: packageDefinition[serviceNames.search] as unknown as SearchServiceDefinition,
  job: packageDefinition[serviceNames.job] as unknown as JobServiceDefinition,
  reembed: packageDefinition[serviceNames.reembed] as unknown as ReembedServiceDefinition,
  admin: packageDefinition[serviceNames.admin] as unknown as AdminServiceDefinition,
};

/**
 * Makes a service hand its requests over as `Received`, scanned and never thrown at, and take answers that are bytes
 * already.
 */
export function receiving(definition: ServiceDefinition): ServiceDefinition {
  const root = reflectionRoot();
  const methods = Object.entries(definition).map(([name, method]) => {
    const requestType = (method as unknown as { requestType: { type: { name: string } } }).requestType.type
      .name;
    const requestDeserialize = receiverOf(
      root.lookupType(`kms.v1.${requestType}`),
      method.requestDeserialize,
    );
    const responseSerialize = (response: object) =>
      response instanceof EncodedMessage ? response.bytes : method.responseSerialize(response);
    return [name, { ...method, requestDeserialize, responseSerialize }];
  });
  return Object.fromEntries(methods) as ServiceDefinition;
}

let parsedRoot: protobuf.Root | null = null;

/**
 * The protos once more, in proto names and with reflection: proto-loader keeps its own types to itself. Parsed once for
 * all services: 30 ms of the start each time.
 */
function reflectionRoot(): protobuf.Root {
  if (parsedRoot !== null) return parsedRoot;
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith('kms/') ? `${protoDir}${target}` : target);
  root.loadSync(protoFiles, { keepCase: true }).resolveAll();
  parsedRoot = root;
  return root;
}
