import { connect, type Socket } from 'node:net';
import type { Plain } from '@holdfast/plain';
import type { WatchEvent, WatchRequest } from '../cluster.ts';
import {
  takeZk,
  ZK_CODE,
  ZK_NOTE,
  ZK_PING,
  zkAddWatch,
  zkChangedPath,
  zkChildren,
  zkConnect,
  zkData,
  zkGet,
  zkNames,
  zkPing,
  type ZkReply,
  zkSetBy,
  zkXid,
} from './jute.ts';

const SESSION_MS = 4_000;
const PING_MS = 1_000;

/**
 * Watches all nodes below the root that begin like this, through a session of its own. Notes of changes do not say to what: the node is read then, and what it held in between is
 * left out. What changed while nobody watched is found by reading all of them once the watch is set, unless only what is new is wanted.
 */
export function watchNodes(
  address: string,
  { prefix, fromRevision }: WatchRequest,
  onEvent: (event: WatchEvent) => void,
  onEnd: () => void = () => undefined,
): () => void {
  const socket = connected(address);
  const waiting: ((reply: ZkReply) => void)[] = [];
  const seen = new Map<string, number>();
  let xid = 0;
  const ask = (make: (xid: number) => Buffer, hear: (reply: ZkReply) => void): void => {
    waiting.push(hear);
    socket.write(make(++xid));
  };
  const tell = (event: WatchEvent): void => {
    if (event.revision < fromRevision || event.revision <= (seen.get(event.key) ?? 0)) return;
    seen.set(event.key, event.revision);
    onEvent(event);
  };
  const read = (key: string, hear: (event: WatchEvent | undefined) => void): void =>
    ask(
      (id) => zkGet(id, `/${key}`),
      (reply) => hear(reply.code === ZK_CODE.ok ? eventOf(key, reply) : undefined),
    );
  /** What is read together is told in the order in which it happened. */
  const readTogether = (names: readonly string[]): void => {
    const events: (WatchEvent | undefined)[] = [];
    for (const name of names)
      read(name, (event) => {
        if (events.push(event) < names.length) return;
        for (const one of events.flatMap((each) => each ?? []).sort((a, b) => a.revision - b.revision))
          tell(one);
      });
  };
  const watched = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name.startsWith(prefix));
  // The greeting has no number.
  waiting.push(() => {
    ask(
      (id) => zkAddWatch(id, '/'),
      ({ code }) => {
        if (code !== ZK_CODE.ok) socket.destroy();
        else if (fromRevision > 0)
          ask(
            (id) => zkChildren(id, '/'),
            (reply) => readTogether(watched(zkNames(reply))),
          );
      },
    );
  });
  let isGreeted = false;
  const hear = (reply: ZkReply): void => {
    const number = isGreeted ? zkXid(reply) : 0;
    isGreeted = true;
    if (number === ZK_NOTE) readTogether(watched([zkChangedPath(reply).slice(1)]));
    else if (number !== ZK_PING) waiting.shift()?.(reply);
  };
  onReplies(socket, hear);
  const pings = setInterval(() => void socket.write(zkPing()), PING_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(pings);
    onEnd();
  });
  socket.write(zkConnect(SESSION_MS));
  return () => socket.destroy();
}

function eventOf(key: string, reply: ZkReply): WatchEvent {
  return { key, revision: zkSetBy(reply), value: JSON.parse(zkData(reply)) as Plain, kind: 'put' };
}

function connected(address: string): Socket {
  const at = address.lastIndexOf(':');
  return connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), noDelay: true });
}

/** Hears every whole frame until the connection is destroyed. */
function onReplies(socket: Socket, hear: (reply: ZkReply) => void): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (let taken = takeZk(held); taken !== undefined && !socket.destroyed; taken = takeZk(held)) {
      held = held.subarray(taken.length);
      hear(taken.reply);
    }
  });
}
