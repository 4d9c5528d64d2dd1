import type { TakeReply } from '../../wire/exchange.ts';

/** Numbers of the operations used (ZooKeeper's ZooDefs). */
export const ZK_OP = {
  create: 1,
  delete: 2,
  getData: 4,
  setData: 5,
  sync: 9,
  ping: 11,
  check: 13,
  getChildren: 8,
  multi: 14,
  createWithStat: 15,
  addWatch: 106,
  closeSession: -11,
} as const;

/** Of a node that ends with the session that made it. */
const EPHEMERAL = 1;
const PERSISTENT_RECURSIVE = 1;
/** The number that pings have, and the one of what nobody asked for. */
export const ZK_PING: number = -2;
/** See `ZK_PING`. */
export const ZK_NOTE: number = -1;
/** Whatever the version. */
const ANY_VERSION = -1;

/** Codes of replies that say something about the node, not about the server. */
export const ZK_CODE = { ok: 0, inconsistent: -2, noNode: -101, badVersion: -103, nodeExists: -110 } as const;

/** A reply: its code, what follows the head, and all of it. */
export interface ZkReply {
  readonly code: number;
  readonly body: Buffer;
  readonly whole: Buffer;
}

/** The greeting: a new session of so many milliseconds. */
export function zkConnect(timeoutMs: number): Buffer {
  return framed([int(0), long(0n), int(timeoutMs), long(0n), buffer(Buffer.alloc(16)), Buffer.of(0)]);
}

/** Asks for a node's data. */
export function zkGet(xid: number, path: string): Buffer {
  return framed([int(xid), int(ZK_OP.getData), buffer(Buffer.from(path)), Buffer.of(0)]);
}

/** Sets a node's data, whatever its version. */
export function zkSet(xid: number, path: string, data: string): Buffer {
  return framed([
    int(xid),
    int(ZK_OP.setData),
    buffer(Buffer.from(path)),
    buffer(Buffer.from(data)),
    int(-1),
  ]);
}

/** Makes a lasting node open to all. */
export function zkCreate(xid: number, path: string, data: string): Buffer {
  return creation(xid, ZK_OP.create, path, data, 0);
}

/** Makes a lasting node open to all; the answer says when it was made. */
export function zkCreateSaid(xid: number, path: string, data: string): Buffer {
  return creation(xid, ZK_OP.createWithStat, path, data, 0);
}

/** Makes a node open to all that ends with its session; the answer says when it was made. */
export function zkCreateEphemeral(xid: number, path: string, data: string): Buffer {
  return creation(xid, ZK_OP.createWithStat, path, data, EPHEMERAL);
}

function creation(xid: number, type: number, path: string, data: string, flags: number): Buffer {
  const acl = [int(1), int(31), buffer(Buffer.from('world')), buffer(Buffer.from('anyone'))];
  return framed([
    int(xid),
    int(type),
    buffer(Buffer.from(path)),
    buffer(Buffer.from(data)),
    ...acl,
    int(flags),
  ]);
}

/** Deletes a node, whatever its version and whosesoever it is. */
export function zkDelete(xid: number, path: string): Buffer {
  return framed([int(xid), int(ZK_OP.delete), buffer(Buffer.from(path)), int(ANY_VERSION)]);
}

/** Names the children of a node. */
export function zkChildren(xid: number, path: string): Buffer {
  return framed([int(xid), int(ZK_OP.getChildren), buffer(Buffer.from(path)), Buffer.of(0)]);
}

/** Watches a node and all below it until the session ends (from ZooKeeper 3.6 on). */
export function zkAddWatch(xid: number, path: string): Buffer {
  return framed([int(xid), int(ZK_OP.addWatch), buffer(Buffer.from(path)), int(PERSISTENT_RECURSIVE)]);
}

/** A word that only keeps the session. */
export function zkPing(): Buffer {
  return framed([int(ZK_PING), int(ZK_OP.ping)]);
}

/** Ends the session, and all its ephemeral nodes with it. */
export function zkCloseSession(xid: number): Buffer {
  return framed([int(xid), int(ZK_OP.closeSession)]);
}

/** Asks the member to catch up with the leader. */
export function zkSync(xid: number, path: string): Buffer {
  return framed([int(xid), int(ZK_OP.sync), buffer(Buffer.from(path))]);
}

/** Checks the versions of nodes and sets the data of others, all or nothing. */
export function zkMulti(
  xid: number,
  checks: readonly (readonly [path: string, version: number])[],
  sets: readonly (readonly [path: string, data: string])[],
): Buffer {
  const head = (type: number, done = false): Buffer[] => [int(type), Buffer.of(done ? 1 : 0), int(-1)];
  return framed([
    int(xid),
    int(ZK_OP.multi),
    ...checks.flatMap(([path, version]) => [...head(ZK_OP.check), buffer(Buffer.from(path)), int(version)]),
    ...sets.flatMap(([path, data]) => [
      ...head(ZK_OP.setData),
      buffer(Buffer.from(path)),
      buffer(Buffer.from(data)),
      int(-1),
    ]),
    ...head(-1, true),
  ]);
}

/** Bytes of the result of an operation that failed: its head, and its code. */
const FAILED_BYTES = 13;

/** The code of the operation for which all of a `zkMulti` failed; `ok` when all were done. */
export function zkMultiCode({ code, body }: Pick<ZkReply, 'code' | 'body'>): number {
  if (code !== ZK_CODE.ok) return code;
  // All results are failures, or none is: those before the culprit say 0, those behind it that they were not tried.
  for (let at = 0; body.length >= at + FAILED_BYTES && body.readInt32BE(at) === -1; at += FAILED_BYTES) {
    const one = body.readInt32BE(at + FAILED_BYTES - 4);
    if (one !== ZK_CODE.ok && one !== ZK_CODE.inconsistent) return one;
  }
  return ZK_CODE.ok;
}

/** The version of the data in a reply to `zkGet`. */
export function zkVersion({ body }: ZkReply): number {
  const data = 4 + Math.max(0, body.readInt32BE(0));
  // Behind the data: czxid, mzxid, ctime, mtime of eight bytes each.
  return body.readInt32BE(data + 32);
}

/** Takes one reply off the front: the greeting's (which has no head) reads as some code and is not looked at. */
export const takeZk: TakeReply<ZkReply> = (bytes) => {
  if (bytes.length < 4) return undefined;
  const length = 4 + bytes.readInt32BE(0);
  if (bytes.length < length) return undefined;
  const code = length >= 20 ? bytes.readInt32BE(16) : 0;
  return { reply: { code, body: bytes.subarray(20, length), whole: bytes.subarray(4, length) }, length };
};

/** The data in a reply to `zkGet`. */
export function zkData({ body }: ZkReply): string {
  const length = body.readInt32BE(0);
  return length < 0 ? '' : body.toString('utf8', 4, 4 + length);
}

/** The transaction that last set a node's data, from a reply to `zkGet`. */
export function zkSetBy({ body }: ZkReply): number {
  const data = 4 + Math.max(0, body.readInt32BE(0));
  return Number(body.readBigInt64BE(data + 8));
}

/** The transaction that a write was, from the answer to `zkSet`. */
export function zkWrittenBy({ body }: ZkReply): number {
  return Number(body.readBigInt64BE(8));
}

/** The names in a reply to `zkChildren`. */
export function zkNames({ body }: ZkReply): string[] {
  const names: string[] = [];
  let at = 4;
  for (let i = 0; i < body.readInt32BE(0); i++) {
    const length = body.readInt32BE(at);
    names.push(body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return names;
}

/** The number of the request that a frame answers. */
export function zkXid({ whole }: ZkReply): number {
  return whole.length < 4 ? 0 : whole.readInt32BE(0);
}

/** The path in a note of a change. */
export function zkChangedPath({ body }: ZkReply): string {
  const length = body.readInt32BE(8);
  return length < 0 ? '' : body.toString('utf8', 12, 12 + length);
}

/** What the server grants in its reply to `zkConnect`: the session, 0 when it is refused, and how long it lives without a word. */
export function zkGranted({ whole }: ZkReply): { readonly session: bigint; readonly timeoutMs: number } {
  // The version of the protocol comes first.
  return { timeoutMs: whole.readInt32BE(4), session: whole.readBigInt64BE(8) };
}

/** The transaction that made a node, from the answer to `zkCreateEphemeral`. */
export function zkMadeBy({ body }: ZkReply): number {
  const path = 4 + Math.max(0, body.readInt32BE(0));
  return Number(body.readBigInt64BE(path));
}

/** Whose ephemeral node it is, from a reply to `zkGet`; 0 for a lasting one. */
export function zkOwner({ body }: ZkReply): bigint {
  const data = 4 + Math.max(0, body.readInt32BE(0));
  // Behind the data: czxid, mzxid, ctime, mtime, version, cversion, aversion.
  return body.readBigInt64BE(data + 44);
}

function framed(parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int(body.length), body]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.concat([int(bytes.length), bytes]);
}
