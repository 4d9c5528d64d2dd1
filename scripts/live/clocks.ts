import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Cluster,
  launchReady,
  loopbackSite,
  type Member,
  MemberClocks,
  readExperiment,
  redis,
  respCommand,
  takeHold,
  takeResp,
} from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

const HOUR_MS = 3_600_000;
/** What the machine may be busy with between two looks at a clock. */
const SLACK_MS = 5_000;

/** The clock a member itself shows, against this machine's; and an experiment under such clocks. */
export function clockChecks(): LiveCheck[] {
  return [
    {
      name: "the clock of one member of Redis jumps and drifts, its neighbour's does not, and the undo sets it right",
      skip: () => lacking('redis', 'clock'),
      run: jumpsAndDrifts,
    },
    {
      name: 'clock-jump.yaml holds with network: namespaces, and its control is violated',
      skip: () => lacking('etcd', 'namespaces', 'clock'),
      async run() {
        const path = join(import.meta.dirname, '../../casebook/live/clock-jump.yaml');
        const file = readExperiment(readFileSync(path, 'utf8'), path);
        await expectRun(file, { expect: 'holds' });
        await expectRun(file, { vars: { mode: 'serializable' }, expect: 'violated' });
      },
    },
  ];
}

async function jumpsAndDrifts(): Promise<void> {
  const hold = takeHold();
  try {
    const cluster = await launchReady(redis, {
      ledger: hold.ledger,
      site: loopbackSite(),
      members: 3,
      settings: {},
    });
    const [first, second] = membersOf(cluster);
    const clocks = new MemberClocks(hold.ledger);
    const back = clocks.step(first, HOUR_MS * 1_000);
    near(await errorMs(first), HOUR_MS);
    near(await errorMs(second), 0);
    back();
    near(await errorMs(first), 0);
    const right = clocks.drift(first, 400_000);
    await new Promise((done) => setTimeout(done, 1_000));
    const drifted = await errorMs(first);
    assert.ok(drifted > 250 && drifted < 2_000, `after a second it is ${drifted} ms ahead`);
    right();
    near(await errorMs(first), 0, 200);
    cluster.close();
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

function membersOf({ members }: Cluster): readonly [Member, Member] {
  const [first, second] = members;
  if (first === undefined || second === undefined) throw new Error('no members');
  return [first, second];
}

function near(value: number, wanted: number, slack: number = SLACK_MS): void {
  assert.ok(Math.abs(value - wanted) < slack, `it is off by ${value} ms instead of ${wanted} ms`);
}

/** How far the clock a member shows is ahead of this machine's. */
function errorMs({ address }: Member): Promise<number> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) });
    let received = Buffer.alloc(0);
    socket.once('error', reject);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const taken = takeResp(received);
      if (taken === undefined) return;
      socket.destroy();
      const [seconds, microseconds] = taken.reply as readonly string[];
      resolve(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - Date.now());
    });
    socket.write(respCommand(['TIME']));
  });
}
