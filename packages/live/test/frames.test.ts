import { appendFrames, messageFrames, wholeAppend } from '@holdfast/live';
import { expect, test } from 'vitest';

const ENDS = { from: 7n, to: 9n };

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** An entry as protobuf: term 2, the index, some data. */
function entry(index: number): Buffer {
  return Buffer.from([0x10, 2, 0x18, index, 0x22, 1, 0x78]);
}

test('append frames come out whole however the bytes are cut, and short ones stand for the message they continue', () => {
  const whole = wholeAppend({ term: 2n, index: 4n }, ENDS, [entry(5)], 4n);
  const second = entry(6);
  const bytes = Buffer.concat([
    Buffer.of(2),
    number(whole.length),
    whole,
    Buffer.of(0),
    Buffer.of(1),
    number(1),
    number(second.length),
    second,
    number(5),
  ]);
  for (const size of [1, 3, 1_000]) {
    const reader = appendFrames(ENDS);
    const frames = [];
    for (let at = 0; at < bytes.length; at += size)
      frames.push(...reader.read(bytes.subarray(at, at + size)));
    expect(frames.map(({ message }) => [message.type, message.term, message.index, message.entries])).toEqual(
      [
        ['App', 2, 4, 1],
        ['LinkHeartbeat', 0, 0, 0],
        ['App', 2, 5, 1],
      ],
    );
    expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(bytes)).toBe(true);
    const standing = wholeAppend({ term: 2n, index: 5n }, ENDS, [second], 5n);
    expect(
      Buffer.from(frames[2]?.standing ?? [])
        .subarray(9)
        .equals(standing),
    ).toBe(true);
  }
});

test('message frames name the read they speak of', () => {
  // Heartbeat from 7 to 9 in term 2 with context "ab".
  const message = Buffer.from([0x08, 8, 0x10, 9, 0x18, 7, 0x20, 2, 0x62, 2, 0xab, 0xcd]);
  const [frame] = messageFrames().read(Buffer.concat([number(message.length), message]));
  expect(frame?.message).toEqual({ type: 'Heartbeat', term: 2, index: 0, entries: 0, context: 'abcd' });
});
