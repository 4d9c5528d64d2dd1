import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Principal, Signer } from '../../src/byzantine/index.ts';

/** Real signatures: one key pair for each of these principals, SHA-256 for digests. Keys differ from run to run, verdicts do not. */
export function ed25519Signer(principals: readonly Principal[]): Signer {
  const keys = new Map<Principal, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>(
    principals.map((principal) => [principal, generateKeyPairSync('ed25519')]),
  );
  return {
    name: 'ed25519',
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    sign(principal, text): string {
      const pair = keys.get(principal);
      if (pair === undefined) throw new RangeError(`no key of ${principal}`);
      return sign(null, Buffer.from(text), pair.privateKey).toString('base64');
    },
    verify(principal, text, signature): boolean {
      const pair = keys.get(principal);
      if (pair === undefined) return false;
      return verify(null, Buffer.from(text), pair.publicKey, Buffer.from(signature, 'base64'));
    },
  };
}
