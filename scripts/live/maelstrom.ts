import assert from 'node:assert/strict';
import { join } from 'node:path';
import { worstStatus } from '@holdfast/check';
import type { MaelstromOptions } from '../../packages/holdfast/src/node/maelstrom/options.ts';
import { runMaelstrom } from '../../packages/holdfast/src/node/maelstrom/runMaelstrom.ts';
import { WORKLOADS } from '../../packages/holdfast/src/node/maelstrom/workloads/all.ts';
import { FinalFailure, type LiveCheck } from './liveCheck.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A program of `examples/maelstrom`, asked so; its broken twin by the argument that makes it one. */
interface Case {
  readonly workload: string;
  readonly program: string;
  readonly args?: readonly string[];
  readonly twin?: readonly string[];
  readonly more?: Partial<MaelstromOptions>;
}

const PARTITION: Partial<MaelstromOptions> = { nemeses: ['partition'] };

/** Asked side by side: they mostly wait. */
const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  'echo, ids and broadcast': [
    { workload: 'echo', program: 'echo', more: { nemeses: ['kill', 'pause'] } },
    { workload: 'unique-ids', program: 'unique-ids', twin: ['alone'], more: PARTITION },
    { workload: 'broadcast', program: 'broadcast', twin: ['once'], more: PARTITION },
  ],
  'sets and counters': [
    { workload: 'g-set', program: 'g-set', more: PARTITION },
    { workload: 'g-counter', program: 'counter', twin: ['shared'], more: PARTITION },
    { workload: 'pn-counter', program: 'counter', more: PARTITION },
  ],
  'stores, transactions and logs': [
    { workload: 'lin-kv', program: 'kv', args: ['lin-kv'], twin: ['seq-kv'], more: PARTITION },
    {
      workload: 'txn-list-append',
      program: 'txn',
      twin: ['blind'],
      more: { latency: { meanMs: 5, distribution: 'exponential' } },
    },
    { workload: 'txn-rw-register', program: 'txn', more: PARTITION },
    { workload: 'kafka', program: 'log', twin: ['counts'], more: PARTITION },
  ],
};

/** Programs over standard input and output: every workload, each with what it must find. */
export function maelstromChecks(): LiveCheck[] {
  return Object.entries(GROUPS).map(([name, cases]) => ({
    name: `maelstrom: ${name}, with their broken twins`,
    skip: () => undefined,
    run: async () => {
      await Promise.all(cases.map(check));
    },
  }));
}

async function check(one: Case): Promise<void> {
  const runs = [play(one, one.args ?? [])];
  if (one.twin !== undefined) runs.push(play(one, one.twin));
  const [own, twin] = await Promise.all(runs);
  if (own?.status === 'violated') throw new FinalFailure(own.told);
  assert.equal(own?.status, 'holds', own?.told);
  if (one.twin !== undefined) assert.equal(twin?.status, 'violated', twin?.told);
}

async function play(
  { workload, program, more = {} }: Case,
  args: readonly string[],
): Promise<{ readonly status: string; readonly told: string }> {
  const kind = WORKLOADS.find(({ name }) => name === workload);
  if (kind === undefined) throw new RangeError(`no workload is called ${workload}`);
  const run = await runMaelstrom(
    {
      workload: kind,
      bin: process.execPath,
      args: [join(ROOT, 'examples/maelstrom', `${program}.mjs`), ...args],
      nodes: ['n1', 'n2', 'n3'],
      clients: 6,
      rate: 40,
      timeLimitMs: 4_000,
      recoveryMs: 2_000,
      timeoutMs: 2_000,
      latency: { meanMs: 0, distribution: 'constant' },
      loss: 0,
      duplicate: 0,
      nemeses: [],
      nemesisIntervalMs: 1_000,
      topology: 'line',
      consistencyModels: 'strict-serializable',
      availability: undefined,
      keyCount: 3,
      maxTxnLength: 4,
      maxWritesPerKey: 16,
      seed: 1,
      ...more,
    },
    ROOT,
  );
  assert.deepEqual(run.undoFailures, []);
  const told = run.verdicts
    .map(({ promise, status, reason }) => `${promise} ${status}: ${reason}`)
    .join('\n');
  return { status: worstStatus(run.verdicts), told: `${workload} ${args.join(' ')}\n${told}` };
}
