/** Length of the header VXLAN puts before a frame (RFC 7348, section 5). */
export const VXLAN_HEADER = 8;

/** The network all members of a run are in. */
export const VXLAN_ID = 7;

const HAS_ID = 0x08;
const GROUP = 0x01;

/** The hardware address of a member, by its place: one that is administered locally. */
export function memberMac(index: number): string {
  return `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`;
}

/**
 * Where a packet wants to go: a member's place, `all` for a group address; undefined when it is none of ours. The frame is a view of the
 * packet's bytes.
 */
export function readVxlan(
  packet: Uint8Array,
): { readonly frame: Uint8Array; readonly to: number | 'all' } | undefined {
  if (packet.length < VXLAN_HEADER + 14 || ((packet[0] ?? 0) & HAS_ID) === 0) return undefined;
  const frame = packet.subarray(VXLAN_HEADER);
  if (((frame[0] ?? 0) & GROUP) !== 0) return { frame, to: 'all' };
  return { frame, to: (frame[5] ?? 0) - 1 };
}

/** A frame as a VXLAN packet. */
export function vxlanPacket(frame: Uint8Array): Uint8Array {
  const packet = new Uint8Array(VXLAN_HEADER + frame.length);
  packet[0] = HAS_ID;
  packet[6] = VXLAN_ID;
  packet.set(frame, VXLAN_HEADER);
  return packet;
}
