// A port for a server that cannot be told to choose one itself.

import { once } from 'node:events';
import { createServer } from 'node:net';

/** Free a moment ago, on 127.0.0.1; another process may take it first. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}
