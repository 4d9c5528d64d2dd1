/** Names of the Raft messages etcd's members exchange, by their numbers (etcd raftpb). */
export const TYPES = [
  'Hup',
  'Beat',
  'Prop',
  'App',
  'AppResp',
  'Vote',
  'VoteResp',
  'Snap',
  'Heartbeat',
  'HeartbeatResp',
  'Unreachable',
  'SnapStatus',
  'CheckQuorum',
  'TransferLeader',
  'TimeoutNow',
  'ReadIndex',
  'ReadIndexResp',
  'PreVote',
  'PreVoteResp',
] as const;

/** Keeps the connection alive; no message of Raft. */
export const LINK_HEARTBEAT = 'LinkHeartbeat';

/** The number that stands for what keeps the connection alive; etcd has none for it. */
export const LINK_CODE = 0xffff;

/** Numbers of types, as they are asked about most. */
export const APPEND: number = TYPES.indexOf('App');
const HEARTBEAT = TYPES.indexOf('Heartbeat');
const READ_INDEX = TYPES.indexOf('ReadIndex');
const READ_INDEX_RESP = TYPES.indexOf('ReadIndexResp');

/** A type's name. */
export function typeNamed(code: number): string {
  return code === LINK_CODE ? LINK_HEARTBEAT : (TYPES[code] ?? `type ${code}`);
}

/**
 * What of a Raft message conditions can ask about, as numbers. There are thousands of messages a second, so one head is filled again and again and
 * no object is made for a message: who keeps something of it copies it at once.
 */
export class MessageHead {
  code = 0;
  term = 0;
  index = 0;
  entries = 0;
  /** Where the id of the read it speaks of lies in its bytes; an empty range when there is none. */
  contextAt = 0;
  contextEnd = 0;

  /** An append of so many entries, told by the state of its stream. */
  append(term: number, index: number, entries: number): this {
    return this.fill(APPEND, term, index, entries);
  }

  /** What keeps the connection alive. */
  link(): this {
    return this.fill(LINK_CODE, 0, 0, 0);
  }

  private fill(code: number, term: number, index: number, entries: number): this {
    this.code = code;
    this.term = term;
    this.index = index;
    this.entries = entries;
    this.contextAt = 0;
    this.contextEnd = 0;
    return this;
  }
}

/** Reads fields of Protocol Buffers one after another, without an object for any of them (Protocol Buffers encoding guide). */
class Fields {
  bytes: Uint8Array = new Uint8Array();
  at = 0;
  end = 0;
  /** Number of the field read last, and its value, or where its bytes lie. */
  field = 0;
  value = 0;
  from = 0;
  until = 0;

  over(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    return this;
  }

  /** The next field; false behind the last one. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    const kind = tag % 8;
    if (kind === 0) this.value = this.varint();
    else this.skip(kind === 2 ? this.varint() : kind === 1 ? 8 : kind === 5 ? 4 : Infinity);
    return true;
  }

  private skip(length: number): void {
    this.from = this.at;
    this.at += length;
    this.until = this.at;
    if (this.at > this.end) throw this.cut();
  }

  /** Ids lose their last bits, which nobody asks about. */
  private varint(): number {
    let value = 0;
    for (let scale = 1; this.at < this.end; scale *= 128) {
      const byte = this.bytes[this.at++] as number;
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
    throw this.cut();
  }

  private cut(): RangeError {
    return new RangeError(
      `Cannot read bytes as a message: a field runs past byte ${this.end}; check the frame`,
    );
  }
}

const FIELDS = new Fields();

/** Reads the head of the message in a range of bytes. Throws `RangeError` when they are not one. */
export function readHead(bytes: Uint8Array, at: number, end: number, head: MessageHead): MessageHead {
  const fields = FIELDS.over(bytes, at, end);
  head.link();
  head.code = 0;
  let ends = 0;
  /** Where the first entry lies. */
  let entryAt = 0;
  let entryEnd = 0;
  while (fields.next()) {
    switch (fields.field) {
      case 1:
        head.code = fields.value;
        break;
      case 2:
      case 3:
        ends += fields.value;
        break;
      case 4:
        head.term = fields.value;
        break;
      case 6:
        head.index = fields.value;
        break;
      case 7:
        if (head.entries++ === 0) [entryAt, entryEnd] = [fields.from, fields.until];
        break;
      case 12:
        [head.contextAt, head.contextEnd] = [fields.from, fields.until];
        break;
    }
  }
  if (head.code === HEARTBEAT && ends === 0) head.code = LINK_CODE;
  // A read's id travels as an entry's data while it is asked for, later in the field of its own.
  if (head.code === READ_INDEX || head.code === READ_INDEX_RESP) {
    head.contextAt = head.contextEnd = 0;
    for (fields.over(bytes, entryAt, entryEnd); fields.next(); )
      if (fields.field === 4) [head.contextAt, head.contextEnd] = [fields.from, fields.until];
  }
  return head;
}

/** The id of the read a message speaks of, in hexadecimal; empty when there is none. */
export function contextIn(bytes: Uint8Array, { contextAt, contextEnd }: MessageHead): string {
  return contextAt === contextEnd ? '' : Buffer.from(bytes.subarray(contextAt, contextEnd)).toString('hex');
}
