import type { Catalogue } from './catalogue.ts';
import type { Clients } from './clients.ts';
import type { Pasts } from './pasts.ts';
import type { Queues } from './queues.ts';
import type { Shape } from './shape.ts';

/** What the numbers in a system's vector mean. */
export interface VectorParts<M, C, R> {
  readonly catalogue: Catalogue<M, C, R>;
  readonly clients: Clients<M, C, R>;
  readonly pasts: Pasts<M, C, R> | undefined;
  readonly shape: Shape;
  readonly queues: Queues;
  readonly ordered: boolean;
}

/** The envelopes in flight of a state, each as often as it is. */
export function envelopesOf<M, C, R>(
  parts: Pick<VectorParts<M, C, R>, 'shape' | 'queues' | 'ordered'>,
  words: Int32Array,
  from: number,
  to: number,
): number[] {
  const { shape, queues, ordered } = parts;
  if (!ordered) return Array.from(words.subarray(from + shape.fixed, to));
  const envelopes: number[] = [];
  for (let slot = shape.channels; slot < shape.fixed; slot++)
    envelopes.push(...queues.items(words[from + slot] as number));
  return envelopes;
}
