// Entry of a pool thread that embeds with the default model.

import { openMiniLmSession } from './minilm-session.ts';
import { serveInference } from './serve-inference.ts';

export default serveInference(openMiniLmSession);
