import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  type LinkDevice,
  namespaceSite,
  PacketRules,
  takeHold,
  VolatileDisk,
  vxlanSite,
  VxlanSwitch,
} from '@holdfast/live';
import { lacking } from '../liveCheck.ts';
import { pauses } from './cluster.ts';
import { type Figure, type FigureRow, quantile, shownMs, timed } from './figure.ts';

const FLOOR_MS = 20;

/** One member of three cut off both ways. */
const ALONE = [
  [0, 1],
  [0, 2],
  [1, 0],
  [2, 0],
] as const;

export const faults: Figure = {
  name: 'faults',
  skip: () => lacking('etcd', 'namespaces', 'vxlan', 'disk'),
  async run(rounds = 20) {
    return [
      rowOf('packet rules', await onRules(rounds)),
      rowOf('packet switch', await onSwitch(rounds)),
      rowOf('volatile disk', await onDisk(rounds)),
      rowOf('signals', await pauses(rounds)),
    ];
  },
};

function rowOf(device: string, [placed, undone]: readonly [number, number]): FigureRow {
  return {
    what: `fault placed, undone: ${device}`,
    measured: `${shownMs(placed)}, ${shownMs(undone)}`,
    floor: `${FLOOR_MS} ms`,
    kept: Math.max(placed, undone) <= FLOOR_MS,
  };
}

async function onRules(rounds: number): Promise<readonly [number, number]> {
  const hold = takeHold();
  try {
    const site = namespaceSite(hold.ledger, 3);
    const rules = new PacketRules(site, hold.ledger, 3);
    const times = await cuts(rules, rounds);
    rules.close();
    return times;
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

async function onSwitch(rounds: number): Promise<readonly [number, number]> {
  const hold = takeHold();
  try {
    const device = await VxlanSwitch.open(vxlanSite(hold.ledger, 3), { members: 3 });
    const times = await cuts(device, rounds);
    await device.close();
    return times;
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

async function onDisk(rounds: number): Promise<readonly [number, number]> {
  const hold = takeHold();
  try {
    const disk = await VolatileDisk.mount(join(hold.ledger.folder, 'disk'), hold.ledger);
    const placed: number[] = [];
    const undone: number[] = [];
    for (let i = 0; i < rounds; i++) {
      placed.push(await timed(() => disk.begin('disk-full')));
      undone.push(await timed(() => disk.end('disk-full')));
    }
    disk.close();
    return [quantile(placed, 0.5), quantile(undone, 0.5)];
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

async function cuts(device: LinkDevice, rounds: number): Promise<readonly [number, number]> {
  const placed: number[] = [];
  const undone: number[] = [];
  for (let i = 0; i < rounds; i++) {
    let undo: () => void | Promise<void> = () => undefined;
    placed.push(
      await timed(async () => {
        undo = await device.cut(ALONE);
      }),
    );
    undone.push(await timed(() => undo()));
  }
  return [quantile(placed, 0.5), quantile(undone, 0.5)];
}
