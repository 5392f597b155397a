// One loaded copy of the default model. A session belongs to the thread that opened it and computes on it.

import type { InferenceSession } from './inference-messages.ts';
import { runtimeOfFile } from './minilm-model-file.ts';
import { openNativeSession } from './native-session.ts';

/** Opens a file that `ensureMiniLmModelFile` made. */
export async function openMiniLmSession(modelPath: string): Promise<InferenceSession> {
  if (runtimeOfFile(modelPath) === 'native') return openNativeSession(modelPath);
  const { openOnnxRuntimeSession } = await import('./onnxruntime-session.ts');
  return openOnnxRuntimeSession(modelPath);
}
