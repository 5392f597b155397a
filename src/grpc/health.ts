// grpc.health.v1.Health: NOT_SERVING until the replay is done and again from the moment of draining, for the whole
// server ('') and for each service.

import type { ServerWritableStream, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { serviceNames } from './service-definitions.ts';

const names = ['', ...Object.values(serviceNames)];

// biome-ignore lint/suspicious/noExplicitAny: the message types of grpc-health-check are its own
type Watch = ServerWritableStream<any, any>;

interface ServiceHost {
  addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void;
}

export class Health {
  readonly #implementation = new HealthImplementation(
    Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])),
  );
  /** Open Watch calls. They have no end of their own, and an open call keeps a server from shutting down. */
  readonly #watches = new Set<Watch>();

  addTo(server: ServiceHost): void {
    const tracked = {
      addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
        const watch = implementation['watch'] as (call: Watch) => void;
        const trackedWatch = (call: Watch) => {
          this.#watches.add(call);
          call.once('cancelled', () => this.#watches.delete(call));
          watch(call);
        };
        server.addService(definition, { ...implementation, watch: trackedWatch });
      },
    };
    this.#implementation.addToServer(tracked as Parameters<HealthImplementation['addToServer']>[0]);
  }

  setServing(isServing: boolean): void {
    for (const name of names) this.#implementation.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
  }

  /** Ends the open Watch calls, after what they were told last. */
  endWatches(): void {
    for (const call of this.#watches) call.end();
    this.#watches.clear();
  }
}
