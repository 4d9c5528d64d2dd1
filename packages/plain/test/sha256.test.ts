import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hexOf, hmacSha256, sha256, utf8Of } from '../src/index.ts';

describe('SHA-256', () => {
  it('gives the published digests', () => {
    expect(hexOf(sha256(utf8Of('')))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(hexOf(sha256(utf8Of('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('agrees with the platform for bytes, keys and texts of every length around a block', () => {
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
      expect(hexOf(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
      const mac = createHmac('sha256', bytes).update(bytes).digest('hex');
      expect(hexOf(hmacSha256(bytes, bytes))).toBe(mac);
    }
    for (const text of ['', 'plain', 'é', '’', '漢字', '🜁 \u{10ffff}', '\u07ff\u0800\uffff']) {
      expect([...utf8Of(text)]).toEqual([...Buffer.from(text, 'utf8')]);
    }
    expect([...utf8Of('a\ud800b')]).toEqual([...Buffer.from('a\ud800b', 'utf8')]);
  });
});
