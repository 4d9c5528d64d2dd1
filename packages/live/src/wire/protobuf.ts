/**
 * The wire format of Protocol Buffers as far as it goes without a schema: fields by number, varints and length-delimited
 * values (Protocol Buffers encoding guide). Numbers are BigInt where they may use all 64 bits.
 */
export type FieldValue = bigint | number | boolean | string | Uint8Array;

/** A field to write: its number and value. `undefined` leaves it out. */
export type FieldEntry = readonly [number: number, value: FieldValue | undefined];

/** Writes a message. Texts, bytes and nested messages are length-delimited, everything else is a varint. */
export function encodeMessage(fields: readonly FieldEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (value === undefined) continue;
    const isBytes = typeof value === 'string' || value instanceof Uint8Array;
    parts.push(varint(BigInt((number << 3) | (isBytes ? 2 : 0))));
    if (isBytes) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      parts.push(varint(BigInt(bytes.length)), bytes);
    } else parts.push(varint(BigInt.asUintN(64, BigInt(value))));
  }
  return Buffer.concat(parts);
}

function varint(value: bigint): Uint8Array {
  if (value < 128n) return Uint8Array.of(Number(value));
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A message read: every field's values in their order. Missing fields read as zero, the empty text or no bytes. */
export class Message {
  private readonly fields: ReadonlyMap<number, readonly (number | bigint | Uint8Array)[]>;

  constructor(fields: ReadonlyMap<number, readonly (number | bigint | Uint8Array)[]>) {
    this.fields = fields;
  }

  /** The last value of a number field, as it stands. */
  big(number: number): bigint {
    const value = this.fields.get(number)?.at(-1);
    return typeof value === 'number' ? BigInt(value) : typeof value === 'bigint' ? value : 0n;
  }

  /** The last value of a number field that is known to be small enough; signed. */
  int(number: number): number {
    const value = this.fields.get(number)?.at(-1);
    return typeof value === 'number' ? value : Number(BigInt.asIntN(64, this.big(number)));
  }

  /** The last value of a length-delimited field. */
  bytes(number: number): Uint8Array {
    const value = this.fields.get(number)?.at(-1);
    return value instanceof Uint8Array ? value : new Uint8Array();
  }

  /** The last value of a text field. */
  text(number: number): string {
    return Buffer.from(this.bytes(number)).toString('utf8');
  }

  /** How many values a repeated field has. */
  count(number: number): number {
    return this.fields.get(number)?.length ?? 0;
  }

  /** All values of a repeated message field. */
  messages(number: number): Message[] {
    const values = this.fields.get(number) ?? [];
    return values.flatMap((value) => (value instanceof Uint8Array ? [decodeMessage(value)] : []));
  }

  /** A nested message; an empty one when it is missing. */
  message(number: number): Message {
    return decodeMessage(this.bytes(number));
  }

  /** Whether the field is there at all. */
  has(number: number): boolean {
    return this.fields.has(number);
  }
}

/** Reads a message. Throws `RangeError` when the bytes are not one. */
export function decodeMessage(bytes: Uint8Array): Message {
  const fields = new Map<number, (number | bigint | Uint8Array)[]>();
  let at = 0;
  /** Most numbers are small, and small numbers are read without big ones. */
  const readVarint = (): number | bigint => {
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw cut();
      small |= (byte & 127) << shift;
      if (byte < 128) return small;
    }
    let value = BigInt(small);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw cut();
  };
  const cut = (): RangeError =>
    new RangeError(`Cannot read bytes as a message: a number runs past byte ${at}; check the frame`);
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) {
      throw new RangeError(
        `Cannot read bytes as a message: ${length} bytes at ${at} of ${bytes.length}; check the frame`,
      );
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(readVarint());
    const kind = tag & 7;
    const value =
      kind === 0
        ? readVarint()
        : kind === 2
          ? take(Number(readVarint()))
          : take(kind === 1 ? 8 : kind === 5 ? 4 : Infinity);
    const list = fields.get(tag >> 3);
    if (list === undefined) fields.set(tag >> 3, [value]);
    else list.push(value);
  }
  return new Message(fields);
}
