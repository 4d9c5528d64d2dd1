import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcd, launchReady, loopbackSite, programOf, takeHold } from '@holdfast/live';
import { leftAtLast } from './left.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'packages/holdfast/bin/holdfast.js');
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** What stands in a file about a small run. */
const SUBJECT = `
format: holdfast-live/1
name: small
steps: [{ write: { key: x, value: 1 } }]
checks: [{ linearizable: register }]
`;

/** One thing that goes wrong, and what is said of it. */
interface Trouble {
  readonly name: string;
  readonly file: string;
  readonly says: RegExp;
  readonly code?: number;
  /** Words before the command: who runs it, and in what. */
  readonly within?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'a bad file: line and column of everything wrong',
    file: `${SUBJECT}subject: { system: etcd, network: moon }\nfault: []\n`,
    says: /trouble\.yaml:5:\d+ 'network' must be one of[\s\S]*trouble\.yaml:6:1 the file has no 'fault'/,
    needs: [],
  },
  {
    name: 'a workload its system cannot do: what it can',
    file: `${SUBJECT}subject: { system: nats }\nworkload: { of: bank }\n`,
    says: /Cannot load nats with bank: it cannot transfer, read-bank; its workloads are registers, append, set, queue, lock/,
    needs: ['nats'],
  },
  {
    name: 'a setting there is not',
    file: `${SUBJECT}subject: { system: etcd, settings: { heartbeat: 50 } }\n`,
    says: /Cannot use the setting 'heartbeat' with etcd: it has heartbeatMs/,
    needs: ['etcd'],
  },
  {
    name: 'a file of another version: skipped',
    file: `${SUBJECT}subject: { system: etcd }\nversions: '>=99'\n`,
    says: /SKIPPED: Cannot show small with etcd \S+: it speaks of >=99/,
    code: 3,
    needs: ['etcd'],
  },
  {
    name: 'a missing package: what to install',
    file: `${SUBJECT}subject: { system: etcd }\n`,
    says: /Cannot start etcd: there is none; run 'holdfast doctor --install'/,
    env: { PATH: '/nonexistent' },
    needs: [],
  },
  {
    name: 'a member that does not start: its last words',
    file: `${SUBJECT}subject: { system: etcd, settings: { heartbeatMs: 100, electionMs: 101 } }\n`,
    says: /N\d ended while it was starting; its last words: [\s\S]*election/,
    needs: ['etcd'],
  },
  {
    name: 'no root and no user namespaces',
    file: `${SUBJECT}subject: { system: etcd, network: namespaces }\n`,
    says: /Cannot make network namespaces: [\s\S]*run as root/,
    within: NOBODY,
    env: { PATH: '/nonexistent' },
    needs: ['etcd', 'namespaces'],
  },
  {
    name: 'no FUSE',
    file: `${SUBJECT}subject: { system: nats, disk: volatile }\n`,
    says: /Cannot mount a volatile disk at/,
    within: ['unshare', '-m', 'sh', '-c', 'mount --bind /dev/null /dev/fuse && exec "$@"', 'sh'],
    needs: ['nats', 'disk'],
  },
  {
    name: 'a disk of the machine that is full',
    file: `${SUBJECT}subject: { system: etcd }\n`,
    says: /ENOSPC|no space left/i,
    within: [
      'unshare',
      '-m',
      'sh',
      '-c',
      'mount -t tmpfs -o size=128k none "$HOLDFAST_LIVE_STATE" && exec "$@"',
      'sh',
    ],
    needs: ['etcd', 'disk'],
  },
  {
    name: 'a fault no device at hand can do',
    file: `${SUBJECT}subject: { system: etcd, network: namespaces }\nfaults: [{ kind: corrupt, probability: 0.1 }]\n`,
    says: /Cannot strike 'corrupt 10 % on all links' at a real cluster: the packet rules cannot do it/,
    needs: ['etcd', 'namespaces'],
  },
];

/** Whatever is wrong is said clearly, ends with 2 or 3, and leaves nothing. */
export function refusalChecks(): LiveCheck[] {
  return [...TROUBLES.map(checkOf), takenPort(), fullDisk()];
}

function checkOf(trouble: Trouble): LiveCheck {
  const { name, file, says, code = 2, within = [], env = {}, needs } = trouble;
  return {
    name: `trouble: ${name}`,
    skip: () => (within.length > 0 && process.getuid?.() !== 0 ? 'only root can try it' : lacking(...needs)),
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'hf-trouble-'));
      const state = join(folder, 'state');
      try {
        spawnSync('chmod', ['777', folder]);
        mkdirSync(state, { mode: 0o777 });
        spawnSync('chmod', ['777', state]);
        // What the run needs, whatever else PATH lacks.
        const tools = join(folder, 'tools');
        mkdirSync(tools);
        if (needs.includes('etcd')) symlinkSync(programOf('etcd'), join(tools, 'etcd'));
        const path = env['PATH'] === undefined ? process.env['PATH'] : `${env['PATH']}:${tools}`;
        const yaml = join(folder, 'trouble.yaml');
        writeFileSync(yaml, file.trimStart());
        const [program, ...args] = [...within, process.execPath, BIN, 'live', yaml];
        const found = spawnSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).stdout.trim();
        const done = spawnSync(found, args, {
          encoding: 'utf8',
          cwd: folder,
          env: {
            ...process.env,
            NODE_OPTIONS: '',
            HOLDFAST_LIVE_PACKAGES: join(state, 'packages'),
            ...env,
            PATH: path,
            HOLDFAST_LIVE_STATE: state,
          },
        });
        assert.match(`${done.stdout}${done.stderr}`, says);
        assert.equal(done.status, code, done.stderr);
        assert.deepEqual(await leftAtLast(state), []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** A port that somebody else took between its choice and the start of the member. */
function takenPort(): LiveCheck {
  return {
    name: 'trouble: a port that is taken',
    skip: () => lacking('etcd'),
    async run() {
      const other = createServer();
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      const address = other.address();
      const taken = typeof address === 'object' && address !== null ? address.port : 0;
      const hold = takeHold();
      const site = loopbackSite();
      const ports = async (index: number, count: number): Promise<number[]> => {
        const free = await site.ports(index, count);
        return index === 1 ? [taken, ...free.slice(1)] : free;
      };
      try {
        const launched = launchReady(etcd, {
          ledger: hold.ledger,
          site: { ...site, ports },
          members: 3,
          settings: {},
        });
        await assert.rejects(
          launched,
          /N2 ended while it was starting; its last words: [\s\S]*address already in use/,
        );
      } finally {
        assert.deepEqual(hold.release(), []);
        other.close();
      }
      const proxy = await takenProxyPort();
      assert.equal(proxy.status, 2);
      assert.match(proxy.stderr, /Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    },
  };
}

async function takenProxyPort(): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const address = other.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const words = [BIN, 'proxy', '--port', String(taken)];
    return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  } finally {
    other.close();
  }
}

/** A member's own disk fills up: writes there fail or stay open, and reading goes on. */
function fullDisk(): LiveCheck {
  return {
    name: "trouble: a member's disk that fills",
    skip: () => lacking('etcd', 'disk'),
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'hf-trouble-'));
      const file = join(ROOT, 'casebook/live/full-disk.yaml');
      try {
        const done = spawnSync(process.execPath, [BIN, 'live', file], {
          encoding: 'utf8',
          env: { ...process.env, NODE_OPTIONS: '', HOLDFAST_LIVE_STATE: folder },
        });
        assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
        assert.deepEqual(await leftAtLast(folder), []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
