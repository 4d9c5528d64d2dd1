import {
  memberMac,
  PacketSwitch,
  type PacketSwitchOptions,
  pcapHead,
  pcapRecord,
  readVxlan,
  vxlanPacket,
} from '@holdfast/live';
import { expect, test } from 'vitest';

/** A switch whose time is turned by hand; `chance` is what it draws. */
function bench(chance: number | (() => number) = 0): {
  readonly device: PacketSwitch;
  readonly arrived: { readonly to: number; readonly frame: Uint8Array; readonly atMs: number }[];
  readonly pass: (untilMs: number) => void;
} {
  let now = 0;
  const waiting: { dueMs: number; run: () => void }[] = [];
  const arrived: { to: number; frame: Uint8Array; atMs: number }[] = [];
  const options: PacketSwitchOptions = {
    members: 3,
    random: () => (typeof chance === 'number' ? chance : chance()),
    nowMs: () => now,
    later: (ms, run) => void waiting.push({ dueMs: now + ms, run }),
    deliver: (to, frame) => void arrived.push({ to, frame, atMs: now }),
  };
  return {
    device: new PacketSwitch(options),
    arrived,
    pass: (untilMs) => {
      for (;;) {
        waiting.sort((a, b) => a.dueMs - b.dueMs);
        const next = waiting[0];
        if (next === undefined || next.dueMs > untilMs) break;
        waiting.shift();
        now = next.dueMs;
        next.run();
      }
      now = untilMs;
    },
  };
}

const frameOf = (...bytes: number[]): Uint8Array =>
  Uint8Array.from([...new Array<number>(14).fill(0), ...bytes]);
const lastByte = ({ frame }: { readonly frame: Uint8Array }): number => frame.at(-1) ?? -1;

test('a packet switch passes frames at once when nothing is wrong, and one to all reaches the others', () => {
  const { device, arrived } = bench();
  device.frame(0, 1, frameOf(7));
  device.frame(2, undefined, frameOf(8));
  expect(arrived.map(({ to }) => to)).toEqual([1, 0, 1]);
});

test('a packet switch cuts one direction, twice over, until both cuts are undone', () => {
  const { device, arrived } = bench();
  const first = device.cut([[0, 1]]);
  const second = device.cut([[0, 1]]);
  device.frame(0, 1, frameOf(1));
  device.frame(1, 0, frameOf(2));
  first();
  first();
  device.frame(0, 1, frameOf(3));
  second();
  device.frame(0, 1, frameOf(4));
  expect(arrived.map(lastByte)).toEqual([2, 4]);
  expect(device.counts(0, 1)).toMatchObject({ cut: 2, passed: 1 });
});

test('a packet switch loses, doubles and corrupts as often as it is told, until that is undone', () => {
  const draws = [0.1, 0.9, 0.5, 0.3, 0.1];
  let at = 0;
  const { device, arrived } = bench(() => draws[at++ % draws.length] ?? 0);
  const undo = device.change([[0, 1]], { kind: 'loss', probability: 0.4 });
  for (let i = 0; i < 5; i++) device.frame(0, 1, frameOf(i));
  expect(arrived.map(lastByte)).toEqual([1, 2]);
  expect(device.counts(0, 1)).toMatchObject({ lost: 3, passed: 2 });
  undo();
  device.frame(0, 1, frameOf(9));
  const twice = device.change([[1, 2]], { kind: 'duplicate', probability: 1 });
  device.frame(1, 2, frameOf(4));
  twice();
  device.change([[2, 0]], { kind: 'corrupt', probability: 1 });
  device.frame(2, 0, frameOf(5, 5, 5, 5));
  const [last, double, original] = arrived.toReversed();
  expect([original, double].map((one) => [one?.to, one === undefined ? -1 : lastByte(one)])).toEqual([
    [2, 4],
    [2, 4],
  ]);
  const flipped = [...(last?.frame ?? [])].reduce((bits, byte, i) => {
    const other = byte ^ (i < 14 ? 0 : 5);
    return bits + other.toString(2).replaceAll('0', '').length;
  }, 0);
  expect(flipped).toBe(1);
});

test('a packet switch delays without changing the order, and goes on in order when the delay ends', () => {
  const { device, arrived, pass } = bench();
  // 0.6 ms is one way of the simulator: 101 times as slow is 60 ms more.
  const undo = device.change([[0, 1]], { kind: 'slow-link', factor: 101 });
  device.frame(0, 1, frameOf(1));
  pass(10);
  device.frame(0, 1, frameOf(2));
  undo();
  device.frame(0, 1, frameOf(3));
  expect(arrived).toEqual([]);
  pass(100);
  expect(arrived.map((one) => [lastByte(one), Math.round(one.atMs)])).toEqual([
    [1, 60],
    [2, 70],
    [3, 70],
  ]);
});

test('a packet switch lets later frames overtake one that is held back', () => {
  const draws = [0.1, 0.5, 0.9, 0.9];
  let at = 0;
  const { device, arrived, pass } = bench(() => draws[at++ % draws.length] ?? 0);
  device.change([[0, 1]], { kind: 'reorder', probability: 0.2, holdMs: 40 });
  device.frame(0, 1, frameOf(1));
  device.frame(0, 1, frameOf(2));
  pass(100);
  expect(arrived.map(lastByte)).toEqual([2, 1]);
  expect(device.counts(0, 1)).toMatchObject({ heldBack: 1, passed: 2 });
});

test('a packet switch sends frames of a narrow link one after another', () => {
  const { device, arrived, pass } = bench();
  // A frame of 15 bytes is 120 bits: 10 ms each.
  device.change([[0, 1]], { kind: 'narrow-link', bitsPerSecond: 12_000 });
  for (let i = 1; i <= 3; i++) device.frame(0, 1, frameOf(i));
  pass(100);
  const times = arrived.map(({ atMs }) => Math.round(atMs));
  expect(times).toEqual([10, 20, 30]);
});

test('VXLAN packets are read by where their frame wants to go, and others are not ours', () => {
  const mac = memberMac(4)
    .split(':')
    .map((byte) => Number.parseInt(byte, 16));
  const frame = Uint8Array.from([...mac, ...new Array<number>(20).fill(1)]);
  expect(readVxlan(vxlanPacket(frame))).toEqual({ frame, to: 4 });
  const toAll = Uint8Array.from([...new Array<number>(6).fill(0xff), ...new Array<number>(20).fill(1)]);
  expect(readVxlan(vxlanPacket(toAll))?.to).toBe('all');
  expect(readVxlan(new Uint8Array(30))).toBeUndefined();
  expect(readVxlan(vxlanPacket(frame).subarray(0, 12))).toBeUndefined();
});

test('a capture file says when each frame came, and holds all of it', () => {
  const head = Buffer.from(pcapHead());
  expect([head.readUInt32LE(0), head.readUInt32LE(20), head.length]).toEqual([0xa1b2c3d4, 1, 24]);
  const record = Buffer.from(pcapRecord(5_000_007, frameOf(1, 2, 3)));
  const numbers = [0, 4, 8, 12].map((at) => record.readUInt32LE(at));
  expect(numbers).toEqual([5, 7, 17, 17]);
  expect([...record.subarray(-3)]).toEqual([1, 2, 3]);
});
