import assert from 'node:assert/strict';
import { open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  eventually,
  etcd,
  killMember,
  launchReady,
  loopbackSite,
  startMember,
  takeHold,
  VolatileDisk,
} from '@holdfast/live';
import { lacking, type LiveCheck } from './liveCheck.ts';

const PAGE = 4_096;
const SLOW_MS = 250;
const READY_MS = 20_000;
const FIRST_ENTRY = 'the first of all entries';

/** What programs meet on a disk that is in trouble. */
export function diskChecks(): LiveCheck[] {
  return [
    {
      name: 'a program on a volatile disk meets slow and held syncs, a failing one, a torn write and a flipped bit',
      skip: () => lacking('disk'),
      run: programMeetsTrouble,
    },
    {
      name: 'etcd notices a bit that rots in its log when it starts, and is well when the bit is',
      skip: () => lacking('disk', 'etcd'),
      run: etcdNoticesRot,
    },
  ];
}

async function programMeetsTrouble(): Promise<void> {
  const hold = takeHold();
  try {
    const disk = await VolatileDisk.mount(join(hold.ledger.folder, 'disk'), hold.ledger);
    const path = join(disk.folder, 'log');
    const file = await open(path, 'w');
    const syncMs = async (): Promise<number> => {
      const started = performance.now();
      await file.datasync();
      return performance.now() - started;
    };
    await file.write('first');
    await disk.begin('disk-slow', SLOW_MS);
    assert.ok((await syncMs()) >= SLOW_MS, 'a slow sync takes its time');
    // A sync that is held ends when the disk is well again.
    await disk.begin('disk-slow', 60_000);
    await file.write(' second');
    const held = syncMs();
    await new Promise((done) => setTimeout(done, 100));
    await disk.end('disk-slow');
    assert.ok((await held) < 5_000, 'a held sync is let go');

    await disk.begin('disk-fsync-fails');
    await file.write(' third');
    await assert.rejects(file.datasync(), /EIO/);
    await file.datasync();
    await file.close();
    await disk.losePower();
    // The next sync succeeds, with the length of the file and without what the failed one gave up.
    assert.equal(await readFile(path, 'utf8'), `first second${'\0'.repeat(' third'.length)}`);
    await truncate(path, 'first second'.length);

    assert.deepEqual(await disk.rot({ file: 'log', byte: 0, bit: 0 }), { path: '/log', byte: 0, bit: 0 });
    assert.equal(await readFile(path, 'utf8'), 'girst second');
    await disk.unrot();
    assert.equal(await readFile(path, 'utf8'), 'first second');
    await disk.rot({ file: 'log', byte: -1, bit: 1, once: true });
    assert.equal(await readFile(path, 'utf8'), 'first seconf');
    assert.equal(await readFile(path, 'utf8'), 'first second');

    const torn = await open(join(disk.folder, 'torn'), 'w');
    await torn.write(Buffer.alloc(4 * PAGE, 'o'));
    await torn.datasync();
    await disk.begin('disk-torn');
    await torn.write(Buffer.alloc(4 * PAGE, 'n'), 0, 4 * PAGE, 0);
    await torn.close();
    await disk.losePower();
    const left = await readFile(join(disk.folder, 'torn'), 'latin1');
    const pages = [0, 1, 2, 3].map((page) => left[page * PAGE]);
    assert.deepEqual(pages, ['n', 'n', 'o', 'o'], 'half of the write is there');
    disk.close();
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

async function etcdNoticesRot(): Promise<void> {
  const hold = takeHold();
  try {
    const mount = (index: number): Promise<VolatileDisk> =>
      VolatileDisk.mount(join(hold.ledger.folder, `disk-N${index + 1}`), hold.ledger);
    const disks = await Promise.all([0, 1, 2].map(mount));
    const cluster = await launchReady(etcd, {
      ledger: hold.ledger,
      site: loopbackSite(),
      members: 3,
      settings: {},
      dataFolderOf: (index) => disks[index]?.folder ?? '',
    });
    const [first, , third] = cluster.members;
    const [, , disk] = disks;
    if (first === undefined || third === undefined || disk === undefined) throw new Error('three members');
    const write = (input: number | string): ReturnType<typeof cluster.perform> =>
      cluster.perform(first, { f: 'write', key: 'x', input }, 5_000);
    assert.equal((await write(FIRST_ENTRY)).outcome, 'ok');
    for (let i = 1; i <= 20; i++) assert.equal((await write(i)).outcome, 'ok');
    // A value in an early record, so that nothing but its checksum is wrong; what a length or a last record does when it rots is another matter.
    const byte = await placeOf(FIRST_ENTRY, join(disk.folder, 'etcd/member/wal'));
    const rotten = await disk.rot({ file: '.wal', byte });
    assert.match(rotten?.path ?? '', /\.wal$/);
    await killMember(third);
    await startMember(third);
    const server = third.servers[0];
    const ended = await eventually(() => server?.pid === undefined, { withinMs: READY_MS });
    assert.equal(ended, true, 'it does not run on a log whose checksum is wrong');
    assert.match(server?.lastWords(60) ?? '', /crc mismatch/i);
    assert.equal((await write(21)).outcome, 'ok', 'the others go on');
    await disk.unrot();
    await startMember(third);
    const caughtUp = await eventually(
      async () => {
        const read = await cluster.perform(
          third,
          { f: 'read', key: 'x', input: null, mode: 'serializable' },
          1_000,
        );
        return read.output === 21;
      },
      { withinMs: READY_MS },
    );
    assert.equal(caughtUp, true);
    cluster.close();
    for (const one of disks) one.close();
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

/** Where a text stands in the only log of a folder, bytes from its beginning. */
async function placeOf(text: string, folder: string): Promise<number> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.wal'));
  assert.equal(logs.length, 1);
  const byte = (await readFile(join(folder, logs[0] ?? ''))).indexOf(text);
  assert.ok(byte >= 0, 'what was acknowledged is in the log of every member that has it');
  return byte;
}
