// Entry of a pool thread that embeds with the model of a folder.

import { serveInference } from '../minilm/serve-inference.ts';
import { openOnnxSession } from './onnx-session.ts';

export default serveInference(openOnnxSession);
