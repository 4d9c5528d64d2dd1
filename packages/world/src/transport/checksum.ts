import type { Segment } from './packet.ts';

/**
 * The ones' complement sum of 16-bit words that stream segments carry (RFC 1071): it catches every change of one byte, and misses two words
 * that change places. Over header fields and data.
 */
export function checksumOf(segment: Omit<Segment, 'checksum'>): number {
  const { data, seq, ack, flags, window, srcPort, dstPort, mss } = segment;
  let sum = 0;
  for (let i = 0; i + 1 < data.length; i += 2) sum += (data.charCodeAt(i) << 8) | data.charCodeAt(i + 1);
  if (data.length % 2 === 1) sum += data.charCodeAt(data.length - 1) << 8;
  for (const field of [seq, ack, flags, window, srcPort, dstPort, mss]) {
    sum += field % 0x1_0000;
    sum += Math.floor(field / 0x1_0000) % 0x1_0000;
    sum += Math.floor(field / 0x1_0000_0000) % 0x1_0000;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum;
}
