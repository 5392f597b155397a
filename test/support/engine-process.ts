// A real engine in a process of its own, as an operator starts it: `node dist/main.js serve` on free ports.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createKmsClient, type KmsClient } from '../../src/grpc/client.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Whatever the caller's shell sets for an engine, or for the tests, is not meant for this one. */
function environmentWithoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KMS_')));
}

export interface EngineProcessOptions {
  readonly dataDir: string;
  /** More settings, by variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own, before the program. */
  readonly nodeFlags?: readonly string[];
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly lines: LogLine[] = [];
  readonly #output: string[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();
  #client: KmsClient | null = null;
  grpcAddress = '';
  httpAddress = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.#read(line));
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on('line', (line) => this.#output.push(line));
  }

  /** Starts the engine and resolves when its ports are open; see `ready`. */
  static async start(options: EngineProcessOptions): Promise<EngineProcess> {
    const env = {
      ...environmentWithoutSettings(),
      KMS_GRPC_ADDRESS: '127.0.0.1:0',
      KMS_HTTP_ADDRESS: '127.0.0.1:0',
      KMS_DATA_DIR: options.dataDir,
      ...options.env,
    };
    const child = spawn(process.execPath, [...(options.nodeFlags ?? []), main, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A test that fails leaves its engine behind; it ends with the test's process.
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    const engine = new EngineProcess(child);
    const line = await engine.logged('engine listens');
    engine.grpcAddress = String(line['grpcAddress']);
    engine.httpAddress = String(line['httpAddress']);
    return engine;
  }

  /** Resolves when every shard has replayed its log and all requests are served. */
  async ready(): Promise<this> {
    await this.logged('engine is ready');
    return this;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** One client for this process's life. */
  get client(): KmsClient {
    this.#client ??= createKmsClient(this.grpcAddress);
    return this.#client;
  }

  /** Resolves with the first log line of that event, past or future; rejects when the process ends before. */
  async logged(event: string): Promise<LogLine> {
    const known = this.lines.find((line) => line.msg === event);
    if (known !== undefined) return known;
    let listener: (line: LogLine) => void = () => {};
    const found = new Promise<LogLine>((resolve) => {
      listener = (line) => {
        if (line.msg === event) resolve(line);
      };
      this.#listeners.add(listener);
    });
    const ended = this.#exit.then(({ code, signal }) => {
      const output = [...this.#output, ...this.lines.map((line) => JSON.stringify(line))]
        .slice(-20)
        .join('\n');
      throw new Error(`the engine ended (${code ?? signal}) before it logged "${event}":\n${output}`);
    });
    try {
      return await Promise.race([found, ended]);
    } finally {
      ended.catch(() => undefined);
      this.#listeners.delete(listener);
    }
  }

  /** As an operator would: SIGTERM, then the exit code. */
  async stop(): Promise<number | null> {
    this.#closeClient();
    this.#child.kill('SIGTERM');
    return (await this.#exit).code;
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
    this.#closeClient();
  }

  #closeClient(): void {
    this.#client?.close();
    this.#client = null;
  }

  #read(text: string): void {
    let line: LogLine;
    try {
      line = JSON.parse(text) as LogLine;
    } catch {
      this.#output.push(text);
      return;
    }
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }
}
