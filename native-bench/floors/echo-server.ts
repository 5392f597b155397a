// A gRPC server that does nothing: it takes a SearchRequest and answers with always the same SearchResponse, on the same
// library and with the same messages as the engine, to a call or (as `messages`) on a stream that stays open. Its process
// prints the address: `echo-server.ts messages|bytes ANSWER_FILE`, where the file holds a SearchResponse as JSON.
//
// `messages`: both are decoded and encoded by proto-loader, as grpc-js services are. `bytes`: neither is; what is left is
// HTTP/2 and grpc-js itself, which no server on grpc-js can be faster than.

import { readFileSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { SearchResponse } from '../../src/grpc/generated/kms/v1/SearchResponse.ts';
import type { SearchStreamRequest__Output } from '../../src/grpc/generated/kms/v1/SearchStreamRequest.ts';
import type { SearchStreamResponse } from '../../src/grpc/generated/kms/v1/SearchStreamResponse.ts';
import { serviceDefinitions } from '../../src/grpc/service-definitions.ts';

const [form = '', file = ''] = process.argv.slice(2);
const answer = JSON.parse(readFileSync(file, 'utf8')) as SearchResponse;
const { Search, SearchStream } = serviceDefinitions.search;
const bytes = Search.responseSerialize(answer);
const server = new Server();
if (form === 'messages') {
  server.addService(
    { Search, SearchStream },
    {
      Search: (_call: ServerUnaryCall<unknown, SearchResponse>, reply: sendUnaryData<SearchResponse>) =>
        reply(null, answer),
      SearchStream: (call: ServerDuplexStream<SearchStreamRequest__Output, SearchStreamResponse>) => {
        call.on('data', ({ requestId }) => call.write({ requestId, result: answer }));
        call.on('end', () => call.end());
      },
    },
  );
} else {
  const asItIs = (raw: Buffer) => raw;
  server.addService(
    { Search: { ...Search, requestDeserialize: asItIs, responseSerialize: asItIs } },
    {
      Search: (_call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => reply(null, bytes),
    },
  );
}
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit(0));
