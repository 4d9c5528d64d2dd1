import { checksumOf, type Flow, type Packet } from '../transport/index.ts';

/** The packet as one of another flow, its checksum made good. */
export function translated(packet: Packet, { src, dst, srcPort, dstPort }: Flow): Packet {
  const changed = { ...packet, src, dst, srcPort, dstPort };
  if (changed.kind !== 'segment' || packet.kind !== 'segment') return changed;
  // A middlebox corrects the sum by what it changed, so that what was altered before stays wrong.
  const error = packet.checksum - checksumOf(packet);
  return { ...changed, checksum: checksumOf(changed) + error };
}
