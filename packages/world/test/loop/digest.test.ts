import { describe, expect, it } from 'vitest';
import { Digest } from '../../src/loop/digest.ts';

type Event = readonly [timeUs: number, what: number, content: number];

function digestOf(...events: readonly Event[]): string {
  const digest = new Digest();
  for (const [timeUs, what, content] of events) digest.event(timeUs, what, content);
  return digest.text();
}

describe('digest', () => {
  it('is sixteen hexadecimal digits, equal for equal events', () => {
    expect(digestOf([1, 2, 3])).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf([1, 2, 3], [4, 5, 6])).toBe(digestOf([1, 2, 3], [4, 5, 6]));
  });

  it('differs when the time, the kind, the content, the number or the order of events differs', () => {
    const hours = 5 * 3_600_000_000;
    const texts = [
      digestOf(),
      digestOf([1, 2, 3]),
      digestOf([2, 2, 3]),
      digestOf([1, 3, 3]),
      digestOf([1, 2, 4]),
      digestOf([1, 2, 3], [1, 2, 3]),
      digestOf([1, 2, 3], [4, 5, 6]),
      digestOf([4, 5, 6], [1, 2, 3]),
      digestOf([0, 0, 0]),
      digestOf([0, 0, 0], [0, 0, 0]),
      digestOf([hours, 2, 3]),
      digestOf([hours + 0x1_0000_0000, 2, 3]),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('notices every bit of a word folded by itself', () => {
    const folded = (word: number): string => {
      const digest = new Digest();
      digest.fold(word);
      return digest.text();
    };
    const texts = [folded(0), ...Array.from({ length: 32 }, (_, bit) => folded(1 << bit))];
    expect(new Set(texts).size).toBe(33);
  });

  it('gives no two of 200,000 short event sequences the same text', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 200_000; i++) {
      seen.add(digestOf([i % 100, Math.floor(i / 100) % 8, Math.floor(i / 800)]));
    }
    expect(seen.size).toBe(200_000);
  });
});
