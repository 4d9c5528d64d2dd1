/** The head of a capture file (libpcap, "Libpcap File Format"): microseconds, Ethernet, whole frames. */
export function pcapHead(): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP, 16);
  head.writeUInt32LE(ETHERNET, 20);
  return head;
}

/** A frame as a capture file holds it; `atUs` counts from 1970. */
export function pcapRecord(atUs: number, frame: Uint8Array): Uint8Array {
  const kept = frame.subarray(0, SNAP);
  const record = Buffer.alloc(16 + kept.length);
  record.writeUInt32LE(Math.floor(atUs / 1_000_000), 0);
  record.writeUInt32LE(Math.floor(atUs % 1_000_000), 4);
  record.writeUInt32LE(kept.length, 8);
  record.writeUInt32LE(frame.length, 12);
  record.set(kept, 16);
  return record;
}

const SNAP = 65_535;
const ETHERNET = 1;
