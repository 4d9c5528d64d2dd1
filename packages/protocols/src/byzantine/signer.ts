import { encodePlain, hashString } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';

/** Who signs: `node/1`, `client/7`. */
export type Principal = string;

/**
 * Digests and signatures, as a protocol needs them: synchronous, text in and text out. All of Byzantine agreement stands on two promises:
 * `verify` is true of what `sign` made for the same principal and text and of nothing else, and no two texts anybody can find
 * have one digest. A node signs for itself only; a real signer holds one private key and refuses the others.
 */
export interface Signer {
  /** In reports: `ed25519`. */
  readonly name: string;
  digest(text: string): string;
  sign(principal: Principal, text: string): string;
  /** Total: false for whatever is no signature. */
  verify(principal: Principal, text: string, signature: string): boolean;
}

/**
 * A signer for simulation: tags that anybody could compute, and that nobody computes in another's name there. Costs a few
 * hundred nanoseconds; must never meet a real adversary.
 */
export const simulatedSigner: Signer = {
  name: 'simulated',
  digest: (text) => tag(text, 0x2545f491),
  sign: (principal, text) => tag(`${principal} ${text}`, 0x6c078965),
  verify: (principal, text, signature) => signature === tag(`${principal} ${text}`, 0x6c078965),
};

function tag(text: string, seed: number): string {
  const high = (hashString(text, seed) >>> 0).toString(16).padStart(8, '0');
  const low = (hashString(text, seed ^ 0x1b873593) >>> 0).toString(16).padStart(8, '0');
  return high + low;
}

/** A node's name as a signer knows it. */
export function nodePrincipal(node: NodeId): Principal {
  return `node/${node}`;
}

/** A client's name as a signer knows it. */
export function clientPrincipal(client: number): Principal {
  return `client/${client}`;
}

/** What every signed thing carries. */
export interface Signed {
  readonly signature: string;
}

/** A message as it is before it is signed. */
export type Unsigned<T extends Signed> = T extends unknown ? Omit<T, 'signature'> : never;

/** Signs a message: the signature covers all other fields. */
export function signAs<T extends Signed>(signer: Signer, principal: Principal, body: Unsigned<T>): T {
  return { ...body, signature: signer.sign(principal, encodePlain(body)) } as unknown as T;
}

/** Whether the principal signed exactly this message. */
export function isSignedBy(signer: Signer, principal: Principal, message: Signed): boolean {
  const { signature, ...body } = message;
  return typeof signature === 'string' && signer.verify(principal, encodePlain(body), signature);
}
