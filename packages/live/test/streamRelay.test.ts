import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkReader } from '../src/devices/mesh/bytes.ts';
import { appendFrames, type FrameReader, messageFrames } from '../src/devices/mesh/frames.ts';
import { Link } from '../src/devices/mesh/link.ts';
import { LINK_CODE } from '../src/devices/mesh/messageHead.ts';
import { SeenLog } from '../src/devices/mesh/seenLog.ts';
import { StreamRelay } from '../src/devices/mesh/streamRelay.ts';
import { wholeChunks } from '../src/devices/mesh/wholeChunks.ts';
import { encodeMessage } from '../src/wire/protobuf.ts';

const ENDS = { from: 7n, to: 9n };
const TYPES = { App: 3, AppResp: 4, Heartbeat: 8, ReadIndex: 15, ReadIndexResp: 16 } as const;

type Kind = keyof typeof TYPES;

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A message of Raft as etcd writes it: a read's id is an entry's data while it is asked for. */
function raft(kind: Kind, index: number, context: string, entries: number): Uint8Array {
  const isAsk = kind === 'ReadIndex' || kind === 'ReadIndexResp';
  const read = Buffer.from(context, 'hex');
  const entry = encodeMessage([
    [2, 2],
    [3, index + 1],
    [4, isAsk ? read : 'x'.repeat(index % 90)],
  ]);
  return encodeMessage([
    [1, TYPES[kind]],
    [2, ENDS.to],
    [3, ENDS.from],
    [4, 2],
    [6, index],
    ...Array.from({ length: isAsk ? 1 : entries }, () => [7, entry] as const),
    [8, 4],
    [12, isAsk || context === '' ? undefined : read],
  ]);
}

const LINK_FRAME = raftFrame(
  encodeMessage([
    [1, 8],
    [2, 0],
    [3, 0],
  ]),
);

function raftFrame(message: Uint8Array): Buffer {
  return Buffer.concat([number(message.length), message]);
}

function shortFrame(entries: readonly number[]): Buffer {
  const bodies = entries.map((size) => Buffer.alloc(size, 'e'));
  return Buffer.concat([
    Buffer.of(1),
    number(entries.length),
    ...bodies.flatMap((body) => [number(body.length), body]),
    number(5),
  ]);
}

const messageFrame = fc.oneof(
  { weight: 1, arbitrary: fc.constant(LINK_FRAME) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...(Object.keys(TYPES) as Kind[])),
        fc.nat(100_000),
        fc.constantFrom('', 'abcd', '0102030405060708'),
        fc.nat(3),
      )
      .map((parts) => raftFrame(raft(...parts))),
  },
);

const appendFrame = fc.oneof(
  fc.constant(Buffer.of(0)),
  fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }).map(shortFrame),
  fc.nat(1_000).map((index) => {
    const whole = raft('App', index, '', 1);
    return Buffer.concat([Buffer.of(2), number(whole.length), whole]);
  }),
);

/** Frames in chunks of any sizes, which need not end where frames do, and the reads they arrive in. */
function streamOf(
  frame: fc.Arbitrary<Buffer>,
): fc.Arbitrary<{ readonly content: Buffer; readonly reads: Buffer[] }> {
  const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 });
  return fc
    .tuple(fc.array(frame, { minLength: 1, maxLength: 12 }), sizes, sizes)
    .map(([frames, chunkSizes, readSizes]) => {
      const content = Buffer.concat(frames);
      const chunks = cut(content, chunkSizes).map((part) =>
        Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
      );
      return { content, reads: cut(Buffer.concat(chunks), readSizes) };
    });
}

/** Parts of those sizes, in turn. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

interface Relayed {
  readonly link: Link;
  readonly log: SeenLog;
  readonly relay: StreamRelay;
  /** What has come out, without its chunks. */
  readonly content: () => Buffer;
}

function relayed(frames: FrameReader): Relayed {
  const log = new SeenLog();
  const link = new Link(
    (message) => log.add(message, 0, 1, 1),
    () => 1,
  );
  const out: Uint8Array[] = [];
  const relay = new StreamRelay({
    frames,
    link,
    connection: {},
    write: (bytes) => void out.push(Buffer.from(bytes)),
    passing: (head, bytes) => {
      if (head.code !== LINK_CODE) log.addPassing(head, bytes, 0, 1, 1);
    },
  });
  return { link, log, relay, content: () => Buffer.concat(new ChunkReader().read(Buffer.concat(out))) };
}

describe('a stream of messages through a link', () => {
  for (const [name, frame, framesOf] of [
    ['messages', messageFrame, messageFrames],
    ['appends', appendFrame, () => appendFrames(ENDS)],
  ] as const) {
    it(`comes out as it went in and is seen alike when nothing asks about ${name} and when everything is looked at`, () => {
      fc.assert(
        fc.property(streamOf(frame), ({ content, reads }) => {
          const [open, watched] = [relayed(framesOf()), relayed(framesOf())];
          // A cut that is undone before each read would be no rule at all: this one stands until the end.
          const undo = watched.link.cut();
          for (const bytes of reads) {
            open.relay.take(bytes);
            watched.relay.take(bytes);
          }
          expect(watched.content().length).toBe(0);
          undo();
          expect(open.content().equals(content)).toBe(true);
          expect(watched.content().equals(content)).toBe(true);
          expect(open.log.all()).toEqual(watched.log.all());
        }),
        { seed: 20_418, numRuns: 150 },
      );
    });

    it(`loses no ${name} and keeps their order when rules come and go between reads`, () => {
      fc.assert(
        fc.property(
          streamOf(frame),
          fc.array(fc.constantFrom('cut', 'heal', 'nothing'), { minLength: 1, maxLength: 8 }),
          ({ content, reads }, rules) => {
            const { link, relay, content: out } = relayed(framesOf());
            const undos: (() => void)[] = [];
            for (const [at, bytes] of reads.entries()) {
              const rule = rules[at % rules.length];
              if (rule === 'cut') undos.push(link.cut());
              if (rule === 'heal') undos.pop()?.();
              relay.take(bytes);
            }
            for (const undo of undos) undo();
            expect(out().equals(content)).toBe(true);
          },
        ),
        { seed: 15_271, numRuns: 150 },
      );
    });
  }

  it('holds the very next frame when the rule comes after a read that ended within one', () => {
    const [first, second] = [raftFrame(raft('App', 4, '', 1)), raftFrame(raft('AppResp', 5, '', 0))];
    const chunk = (part: Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    const stream = Buffer.concat([chunk(first), chunk(second)]);
    const { link, relay, content, log } = relayed(messageFrames());
    relay.take(stream.subarray(0, stream.length - 5));
    expect(content().equals(first)).toBe(true);
    link.hold();
    relay.take(stream.subarray(stream.length - 5));
    expect(content().equals(first)).toBe(true);
    expect(log.find(0, 1, { type: 'AppResp' }, 1)?.passedAtMs).toBeUndefined();
    expect(link.releaseThrough({ type: 'AppResp' })).toBe(1);
    expect(content().equals(Buffer.concat([first, second]))).toBe(true);
  });

  it('passes nothing untouched that does not end together with a frame', () => {
    const frame = raftFrame(raft('Heartbeat', 0, 'abcd', 0));
    const [head, tail] = [frame.subarray(0, 9), frame.subarray(9)];
    const half = Buffer.concat([Buffer.from('9\r\n'), head, Buffer.from('\r\n')]);
    const rest = Buffer.concat([Buffer.from(`${tail.length.toString(16)}\r\n`), tail, Buffer.from('\r\n')]);
    const seen: number[] = [];
    const { grammar } = messageFrames();
    expect(wholeChunks(half, grammar, ({ code }) => seen.push(code))).toBe(0);
    expect(wholeChunks(Buffer.concat([half, rest, half]), grammar, ({ code }) => seen.push(code))).toBe(
      half.length + rest.length,
    );
    expect(seen).toEqual([8]);
  });
});

describe('what the mesh has seen', () => {
  it('finds the nth message of a link that fits, whether it went on at once or waited, and grows', () => {
    const { link, relay, log } = relayed(messageFrames());
    const read = Buffer.from(raftFrame(raft('Heartbeat', 0, 'abcd', 0)));
    const chunk = Buffer.concat([Buffer.from(`${read.length.toString(16)}\r\n`), read, Buffer.from('\r\n')]);
    for (let i = 0; i < 5_000; i++) relay.take(chunk);
    link.hold();
    relay.take(chunk);
    expect(log.all().length).toBe(5_001);
    expect(log.find(0, 1, { type: 'Heartbeat', context: 'abcd' }, 5_000)?.passedAtMs).toBe(1);
    expect(log.find(0, 1, { hasContext: true }, 5_001)?.passedAtMs).toBeUndefined();
    link.release();
    expect(log.find(0, 1, { hasContext: true }, 5_001)?.passedAtMs).toBe(1);
    expect(log.find(1, 0, {}, 1)).toBeUndefined();
  });
});
