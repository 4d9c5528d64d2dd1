import { Link, type Parcel, type SeenMessage } from '@holdfast/live';
import { expect, test } from 'vitest';

/** A link and what came out of it, by type; dropped frames before one show as `!`. */
function linkWithLog(): {
  readonly link: Link;
  readonly out: string[];
  readonly send: (type: string, context?: string) => void;
} {
  const out: string[] = [];
  const link = new Link(
    (message): SeenMessage => ({ ...message, from: 0, to: 1, atMs: 0 }),
    () => 1,
  );
  const connection = {};
  const send = (type: string, context = ''): void => {
    const message = { type, term: 1, index: 0, entries: 0, context };
    const parcel: Parcel = {
      message,
      connection,
      deliver: (lossy) => void out.push(lossy ? `${type}!` : type),
    };
    link.arrive(parcel);
  };
  return { link, out, send };
}

test('a held link passes what keeps the connection alive and keeps the order of the rest', () => {
  const { link, out, send } = linkWithLog();
  link.hold();
  send('App');
  send('LinkHeartbeat');
  send('Heartbeat', 'a');
  expect(out).toEqual(['LinkHeartbeat']);
  link.release();
  expect(out).toEqual(['LinkHeartbeat', 'App', 'Heartbeat']);
});

test('release through a message passes all before it and leaves the rest held', () => {
  const { link, out, send } = linkWithLog();
  link.hold();
  for (const [type, context] of [
    ['ReadIndex', 'a'],
    ['HeartbeatResp', 'a'],
    ['App', ''],
  ] as const)
    send(type, context);
  expect(link.releaseThrough({ type: 'HeartbeatResp', context: 'b' })).toBe(0);
  expect(link.releaseThrough({ type: 'HeartbeatResp', context: 'a' })).toBe(2);
  expect(out).toEqual(['ReadIndex', 'HeartbeatResp']);
});

test('after a drop the connection is told that frames must stand on their own', () => {
  const { link, out, send } = linkWithLog();
  link.hold();
  send('App');
  send('Heartbeat');
  expect(link.drop({ type: 'App' })).toBe(1);
  link.release();
  expect(out).toEqual(['Heartbeat!']);
});

test('a cut stops everything until the last of its cuts is undone', () => {
  const { link, out, send } = linkWithLog();
  const [one, two] = [link.cut(), link.cut()];
  send('LinkHeartbeat');
  one();
  one();
  expect(out).toEqual([]);
  two();
  expect(out).toEqual(['LinkHeartbeat']);
});
