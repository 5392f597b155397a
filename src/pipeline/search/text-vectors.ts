// The texts of a batch of queries, embedded with one ask; each text's fault is its own.

import type { ActorRef } from '../../actor/actor.ts';
import { fromFault, KmsError, toFault } from '../../base/errors.ts';
import type { EmbedTasks } from '../../stages/embed/embed-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import { askUrgently } from './urgent-ask.ts';

/** A text's vector of unit length, or why there is none. */
export type TextVector = Float32Array | KmsError;

/** Index-aligned. Rejects only when the caller has gone, or its deadline has passed. */
export async function embedTexts(
  texts: readonly string[],
  { embed, dimensions, nowMs }: TextVectorParts,
  call: CallOptions,
): Promise<TextVector[]> {
  try {
    const reply = await askUrgently(call, (options) => embed.ask('embedQueries', { texts }, options));
    const vectors: TextVector[] = texts.map((_, i) =>
      reply.vectors.subarray(i * dimensions, (i + 1) * dimensions),
    );
    for (const { index, fault } of reply.failures) vectors[index] = fromFault(fault);
    return vectors;
  } catch (error) {
    const isCallOver = call.signal.aborted || (call.deadlineMs !== null && nowMs() >= call.deadlineMs);
    if (isCallOver) throw error;
    const known = error instanceof KmsError ? error : fromFault(toFault(error));
    return texts.map(() => known);
  }
}

export interface TextVectorParts {
  readonly embed: ActorRef<EmbedTasks>;
  readonly dimensions: number;
  readonly nowMs: () => number;
}

/** Whether the model, and not the text, is at fault: a search can then go on by words alone. */
export function isOutage({ code }: KmsError): boolean {
  return (
    code === 'unavailable' ||
    code === 'resource_exhausted' ||
    code === 'deadline_exceeded' ||
    code === 'actor_down'
  );
}
