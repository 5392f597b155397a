// ONNX Runtime's native binding, one private copy of it a thread.
//
// onnxruntime-node 1.16.3 keeps the class it made for the last thread that loaded it in a static variable. The next
// thread to load it releases that reference, which belongs to another thread's JavaScript heap, perhaps of a thread
// that has ended: `free(): invalid pointer`, and the process is gone (seen in each of five runs that started and ended
// threads). The linker gives every file its own static variables, so each thread loads a copy of its own. The 17 MB
// library behind the binding is safe to share and stays shared: beside the copy lies only a link to it.

import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';

export interface OnnxTensor {
  readonly type: string;
  readonly data: Int32Array | BigInt64Array | Float32Array;
  readonly dims: readonly number[];
}

export interface OnnxSessionOptions {
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly executionMode: 'sequential' | 'parallel';
  readonly graphOptimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  /** 0 verbose, 1 info, 2 warning, 3 error, 4 fatal. */
  readonly logSeverityLevel: 0 | 1 | 2 | 3 | 4;
}

/** Both methods block the thread. */
export interface OnnxSession {
  /** Known once a model is loaded. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  loadModel(path: string, options: OnnxSessionOptions): void;
  /** `fetches` names the outputs; null lets the runtime allocate them. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: Readonly<Record<string, null>>,
  ): Readonly<Record<string, OnnxTensor>>;
}

export interface OnnxBinding {
  readonly InferenceSession: new () => OnnxSession;
}

const bindingName = 'onnxruntime_binding.node';
let loaded: OnnxBinding | null = null;

/** This thread's binding. `scratchDir`: a folder for the copy; nothing is left in it. */
export function loadOnnxBinding(scratchDir: string): OnnxBinding {
  loaded ??= loadSomewhere(scratchDir);
  return loaded;
}

/** Loads a model file on this thread. Throws what the runtime throws. */
export function loadOnnxModel(modelPath: string): OnnxSession {
  const { InferenceSession } = loadOnnxBinding(dirname(modelPath));
  const session = new InferenceSession();
  session.loadModel(modelPath, {
    // Parallelism is one thread a session: more would fight with the other sessions over the same cores.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  return session;
}

/** A data folder that is full, or that may not hold code, is no reason to refuse all searches. */
function loadSomewhere(scratchDir: string): OnnxBinding {
  try {
    return loadCopy(scratchDir);
  } catch (error) {
    try {
      return loadCopy(tmpdir());
    } catch {
      throw error;
    }
  }
}

function loadCopy(scratchDir: string): OnnxBinding {
  const packageJson = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const binDir = join(dirname(packageJson), 'bin', 'napi-v3', platform, arch);
  const copyDir = mkdtempSync(join(scratchDir, 'binding-'));
  try {
    for (const name of readdirSync(binDir)) {
      if (name !== bindingName) symlinkSync(join(binDir, name), join(copyDir, name));
    }
    const path = join(copyDir, bindingName);
    copyFileSync(join(binDir, bindingName), path);
    const addon: { exports: unknown } = { exports: {} };
    process.dlopen(addon, path);
    return addon.exports as OnnxBinding;
  } finally {
    // What is loaded stays mapped without its name.
    rmSync(copyDir, { recursive: true, force: true });
  }
}
