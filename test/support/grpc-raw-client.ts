// A gRPC client made of plain HTTP/2, for what a well-behaved client library does not let a test do: bytes that are no
// message, a deadline of zero, a cut socket, and writing without ever reading.

import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type Settings } from 'node:http2';
import { connect as connectSocket, type Socket } from 'node:net';
import { decodeRpcDetails, type RpcDetails } from '../../src/grpc/rpc-details.ts';

/** A message with its gRPC prefix: not compressed, length. */
export function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** A length-delimited protobuf field. */
export function field(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string);
  const header: number[] = [(number << 3) | 2];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) header.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...header, rest]), bytes]);
}

export interface RawReply {
  readonly code: number;
  readonly message: string;
  readonly details: RpcDetails | null;
  readonly body: Buffer;
}

export class RawGrpcClient {
  readonly session: ClientHttp2Session;
  /** To be cut. */
  readonly socket: Socket;

  private constructor(session: ClientHttp2Session, socket: Socket) {
    this.session = session;
    this.socket = socket;
  }

  static async open(port: number, settings: Settings = {}): Promise<RawGrpcClient> {
    const socket = connectSocket(port, '127.0.0.1');
    // In megabytes: by default Node's own client resets a stream that has more than 10 MB waiting to be written.
    const maxSessionMemory = 1_000;
    const session = connect('http://127.0.0.1', {
      settings,
      maxSessionMemory,
      createConnection: () => socket,
    });
    session.on('error', () => session.destroy());
    await once(session, 'connect');
    return new RawGrpcClient(session, socket);
  }

  /** Opens a call; the response is read only when somebody reads it. */
  call(method: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': `/kms.v1.${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => stream.destroy());
    return stream;
  }

  /** One unary call with these bytes as its message. */
  async unary(
    method: string,
    message: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawReply> {
    const stream = this.call(method, headers);
    stream.end(frame(message));
    return replyOf(stream);
  }

  /** Resolves when the server has handled every frame that was sent before: pings are answered in order. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.session.ping((error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.session.destroy();
  }
}

/** Reads a call to its end. */
export async function replyOf(stream: ClientHttp2Stream): Promise<RawReply> {
  let status: Record<string, unknown> = {};
  const note = (headers: Record<string, unknown>) => {
    if (headers['grpc-status'] !== undefined) status = headers;
  };
  stream.on('response', note);
  stream.on('trailers', note);
  const body: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  await once(stream, 'end');
  // The server has said all; a client whose own side is still open resets the stream, as every gRPC client does.
  stream.close();
  const details = status['grpc-status-details-bin'];
  return {
    code: Number(status['grpc-status'] ?? -1),
    message: decodeURI(String(status['grpc-message'] ?? '')),
    details: typeof details === 'string' ? decodeRpcDetails(Buffer.from(details, 'base64')) : null,
    body: Buffer.concat(body),
  };
}
