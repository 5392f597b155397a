// The HTTP port for machines that watch the engine: /metrics for Prometheus, /healthz to be restarted, /readyz to be
// sent traffic. It opens before anything else and closes last, so that a start or a stop that takes long can be seen.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { KmsError } from '../base/errors.ts';
import type { Log } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Structurally the address of the settings; port 0 picks a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What the engine says about itself; read at each request. */
export interface OpsStatus {
  readonly state: 'starting' | 'ready' | 'draining' | 'stopped';
  /** Why the engine will not recover by itself; null while it is sound. */
  readonly failure: string | null;
}

export interface ReplayProgress {
  readonly changesDone: number;
  readonly changesTotal: number;
}

export interface OpsServerOptions {
  readonly address: ListenAddress;
  readonly metrics: Metrics;
  /** Answers at once and asks no thread: a health check must not hang on the actor that it is to find out about. */
  readonly status: () => OpsStatus;
  readonly replay: () => Promise<ReplayProgress>;
  readonly log: Log;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** A probe sends a few hundred bytes and waits a second or two; anything beyond is not a probe. */
const requestLimits = { headerBytesMax: 8 * 1024, requestTimeoutMs: 10_000, connectionsMax: 64 };

export class OpsServer {
  readonly #options: OpsServerOptions;
  readonly #server: Server;
  #isStopping = false;

  constructor(options: OpsServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        maxHeaderSize: requestLimits.headerBytesMax,
        requestTimeout: requestLimits.requestTimeoutMs,
        headersTimeout: requestLimits.requestTimeoutMs,
        keepAliveTimeout: requestLimits.requestTimeoutMs,
      },
      (request, response) => void this.#handle(request, response),
    );
    this.#server.maxConnections = requestLimits.connectionsMax;
  }

  /**
   * Resolves with the address that is listened on. Rejects with `failed_precondition` when it cannot be opened, and with
   * `unavailable` when `stop` came first: whoever waits for a start must hear of its end.
   */
  start(): Promise<ListenAddress> {
    const { host, port } = this.#options.address;
    return new Promise((resolve, reject) => {
      const onError = (cause: Error) =>
        reject(
          new KmsError('failed_precondition', `cannot listen on ${host}:${port}: ${cause.message}`, {
            cause,
          }),
        );
      const onClose = () =>
        reject(new KmsError('unavailable', 'the ops server was stopped while it started'));
      this.#server.once('error', onError);
      this.#server.once('close', onClose);
      this.#server.listen(port, host, () => {
        this.#server.off('error', onError);
        this.#server.off('close', onClose);
        resolve({ host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  /** Resolves when the port is closed. Idle connections are cut; a request under way is answered first. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A body is never wanted; reading it to nowhere keeps the connection usable.
    request.resume();
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch (error) {
      this.#options.log.error({ error, path: request.url }, 'ops request failed');
      answer = plain(500, 'internal error, see the log');
    }
    response.writeHead(answer.status, {
      'content-type': answer.contentType,
      'content-length': Buffer.byteLength(answer.text),
      'cache-control': 'no-store',
      ...(this.#isStopping ? { connection: 'close' } : {}),
      ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
    });
    response.end(request.method === 'HEAD' ? '' : answer.text);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/metrics' && path !== '/healthz' && path !== '/readyz')
      return plain(404, 'not found; there are /metrics, /healthz and /readyz');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD');
    if (path === '/metrics') return { status: 200, ...(await this.#options.metrics.scrape()) };
    const status = this.#options.status();
    return path === '/healthz' ? health(status) : readiness(status, await this.#options.replay());
  }
}

/** That this runs at all says that the main loop turns; the rest is whether the engine has given itself up. */
function health(status: OpsStatus): Answer {
  const isAlive = status.failure === null;
  return json(isAlive ? 200 : 503, { alive: isAlive, state: status.state, failure: status.failure });
}

function readiness(status: OpsStatus, replay: ReplayProgress): Answer {
  const isReady = status.state === 'ready' && status.failure === null;
  return json(isReady ? 200 : 503, { ready: isReady, ...status, replay });
}

function json(status: number, value: object): Answer {
  return { status, contentType: 'application/json', text: `${JSON.stringify(value)}\n` };
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` };
}
