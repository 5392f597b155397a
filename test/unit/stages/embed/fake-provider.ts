// A provider whose vectors can be told from each other and which answers when the test says so.

import { KmsError } from '../../../../src/base/errors.ts';
import type { EmbeddedTexts, EmbeddingProvider } from '../../../../src/embedding/embedding-provider.ts';

interface HeldCall {
  readonly texts: readonly string[];
  readonly lane: string;
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class FakeProvider implements EmbeddingProvider {
  readonly model = 'fake';
  readonly dimensions = 4;
  /** Every call so far; held ones wait for `resolve` or `reject`. */
  readonly calls: HeldCall[] = [];
  isHolding = false;
  isDown = true;

  /** A text with `poison` in it fails by itself, one with `later` for want of the service. One token a character. */
  embed(
    texts: readonly string[],
    { lane, signal }: Parameters<EmbeddingProvider['embed']>[1],
  ): Promise<EmbeddedTexts> {
    return new Promise((resolve, reject) => {
      const answer = () => resolve(this.#answer(texts));
      this.calls.push({ texts, lane, signal, resolve: answer, reject });
      if (this.isHolding) signal.addEventListener('abort', () => reject(signal.reason));
      else answer();
    });
  }

  async close(): Promise<void> {}

  #answer(texts: readonly string[]): EmbeddedTexts {
    const failures = texts.flatMap((text, index) => {
      const code = text.includes('poison') ? 'internal' : 'unavailable';
      const fault = { code, message: 'no', violations: [], facts: {} } as const;
      return text.includes('poison') || (text.includes('later') && this.isDown) ? [{ index, fault }] : [];
    });
    const rows = texts.map((text, index) =>
      failures.some((failure) => failure.index === index) ? [0, 0, 0, 0] : vectorOf(text),
    );
    return {
      vectors: Float32Array.from(rows.flat()),
      tokens: texts.reduce((sum, text) => sum + text.length, 0),
      failures,
    };
  }
}

export function vectorOf(text: string): number[] {
  return [text.length, text.charCodeAt(0), text.charCodeAt(text.length - 1), 1];
}

export function vectorsOf(texts: readonly string[]): Float32Array {
  return Float32Array.from(texts.flatMap(vectorOf));
}

export const threadDied = new KmsError('unavailable', 'inference thread died');
