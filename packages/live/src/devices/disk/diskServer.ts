import { spawn } from 'node:child_process';
import { openSync, read, writeSync } from 'node:fs';
import { DiskSession } from './diskSession.ts';
import { DiskState, type DiskTrouble, type RotPlace } from './diskState.ts';
import { REQUEST_BYTES } from './fuseWire.ts';
import { Tree } from './tree.ts';

/**
 * The process of one disk: it mounts a file system of its own at the folder it is given and answers for it until the mount, or the process
 * that started it, is gone. A process of its own, since whoever waits for a disk cannot answer for it.
 */

/** What the runner asks of a disk. */
export type DiskOrder =
  | { readonly id: number; readonly do: 'begin'; readonly trouble: DiskTrouble; readonly amount?: number }
  | { readonly id: number; readonly do: 'end'; readonly trouble: DiskTrouble }
  | { readonly id: number; readonly do: 'rot'; readonly place: RotPlace }
  | { readonly id: number; readonly do: 'lose-power' | 'syncs' | 'unrot' };

/** What a disk says: that it is mounted or why not, and what came of an order. */
export type DiskWord =
  | { readonly mounted: true }
  | { readonly failed: string }
  | { readonly id: number; readonly done: unknown };

const folder = process.argv[2] ?? '';
const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
process.on('disconnect', () => process.exit(0));

function say(word: DiskWord): void {
  process.send?.(word);
}

function serve(device: number, session: DiskSession): void {
  const buffer = Buffer.alloc(REQUEST_BYTES);
  const next = (): void => {
    read(device, buffer, 0, buffer.length, null, (error, length) => {
      if (error !== null && error.code === 'ENODEV') process.exit(0);
      // A request that was taken back before it was read is none.
      if (error === null) session.handle(buffer.subarray(0, length));
      next();
    });
  };
  next();
}

function obey(order: DiskOrder, state: DiskState, session: DiskSession): unknown {
  switch (order.do) {
    case 'begin':
      return state.begin(order.trouble, order.amount);
    case 'end':
      state.end(order.trouble);
      if (order.trouble === 'disk-slow') session.speedUp();
      return null;
    case 'rot':
      return state.rot(order.place);
    case 'unrot':
      return state.unrot();
    case 'lose-power':
      return state.losePower();
    case 'syncs':
      return state.syncs;
  }
}

function mount(device: number): void {
  const options = `fd=3,rootmode=40000,user_id=${uid},group_id=${gid},allow_other,default_permissions`;
  const child = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'holdfast', folder], {
    stdio: ['ignore', 'ignore', 'pipe', device],
  });
  let words = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    words += bytes.toString('utf8');
  });
  child.once('error', (error) => say({ failed: error.message }));
  child.once('close', (code) => say(code === 0 ? { mounted: true } : { failed: words.trim() }));
}

try {
  const device = openSync('/dev/fuse', 'r+');
  const tree = new Tree({ mode: 0o777, uid, gid }, () => Date.now());
  const state = new DiskState(tree);
  const session = new DiskSession(tree, state, (bytes) => {
    try {
      writeSync(device, bytes);
    } catch {
      // Whoever asked has given up meanwhile.
    }
  });
  process.on('message', (order: DiskOrder) =>
    say({ id: order.id, done: obey(order, state, session) ?? null }),
  );
  serve(device, session);
  mount(device);
} catch (error) {
  say({ failed: String(error) });
}
