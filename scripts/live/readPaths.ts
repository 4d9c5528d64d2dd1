import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LiveResult, readAges, readExperiment } from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

const FILE = join(import.meta.dirname, '../../casebook/live/etcd-read-paths.yaml');

/** What members are in while they are asked: while a fault of the file lasts, in its order, and after. */
const CALM = 'calm';
const CUT_FOLLOWER = 'its own member cut off, a follower';
const CUT_LEADER = 'its own member cut off, the leader';
const STOPPED = 'the leader stands still';
const BACK = 'its own member cut off or stopped until lately';
const CONDITIONS = [CALM, CUT_FOLLOWER, CUT_LEADER, STOPPED, BACK] as const;

/** Connections between members come back some time after the network does: TCP waits longer each time before it tries again. */
const LATELY_US = 4_000_000;

/** A serializable read may be as old as the cut lasts, as its connections take to come back, and as late as this machine is busy. */
const OLDEST_MS = 4_000 + LATELY_US / 1_000 + 2_000;

/** What one way of reading did in one condition. */
export interface ReadPath {
  readonly mode: string;
  readonly condition: string;
  readonly asked: number;
  readonly answered: number;
  /** The oldest answer, milliseconds. */
  readonly stalestMs: number;
}

/** What was found of one way of reading. */
export interface ReadAudit {
  readonly mode: string;
  readonly result: LiveResult;
  readonly paths: readonly ReadPath[];
}

/** The live half of the case of the stale read. */
export function readPathChecks(): LiveCheck[] {
  return [
    {
      name: 'every read path of etcd under partition and pause: linearizable reads are never old, serializable ones as old as the cut and what follows it',
      skip: () => lacking('etcd', 'namespaces'),
      async run() {
        const [strong, weak] = [await audited('linearizable'), await audited('serializable')];
        for (const path of strong.paths) assert.equal(path.stalestMs, 0, path.condition);
        const cut = weak.paths.filter(({ condition }) => condition.includes('cut off'));
        for (const { condition, answered, stalestMs } of cut) {
          assert.ok(answered > 0, `${condition}: serializable reads are answered`);
          assert.ok(stalestMs > 0 && stalestMs < OLDEST_MS, `${condition}: ${stalestMs} ms old`);
        }
      },
    },
  ];
}

/** Runs the file with reads of one kind, and sorts them by what their member was in. */
export async function audited(mode: string): Promise<ReadAudit> {
  const expect = mode === 'linearizable' ? 'holds' : 'violated';
  const result = await expectRun(readExperiment(readFileSync(FILE, 'utf8'), FILE), {
    vars: { mode },
    expect,
  });
  return { mode, result, paths: pathsOf(mode, result) };
}

function pathsOf(mode: string, { recording, trace }: LiveResult): ReadPath[] {
  const { operations } = recording.history;
  const ages = new Map(readAges(operations).map(({ id, staleUs }) => [id, staleUs]));
  const reads = operations.filter(({ f }) => f === 'read');
  const conditionOf = (at: number, node: number | undefined): string => {
    const touches = ({ nodes }: { readonly nodes: readonly number[] }): boolean =>
      node !== undefined && nodes.includes(node);
    const index = trace.faults.findIndex(
      (fault) => at >= fault.from && at < fault.until && (fault.kind === 'pause' || touches(fault)),
    );
    if (index >= 0) return CONDITIONS[index + 1] ?? CALM;
    const isBack = trace.faults.some(
      (fault) => at >= fault.until && at < fault.until + LATELY_US && touches(fault),
    );
    return isBack ? BACK : CALM;
  };
  return CONDITIONS.map((condition) => {
    const mine = reads.filter(({ invokedAt, node }) => conditionOf(invokedAt, node) === condition);
    const answered = mine.filter(({ outcome }) => outcome === 'ok');
    const stalestUs = Math.max(0, ...answered.map(({ id }) => ages.get(id) ?? 0));
    return { mode, condition, asked: mine.length, answered: answered.length, stalestMs: stalestUs / 1_000 };
  });
}

/** The read-contract test plan of row S0.33, filled from runs: eight fields for each way of reading. */
export function planOf(audits: readonly ReadAudit[]): string {
  const head = `# Read-contract test plan: etcd ${audits[0]?.result.version ?? ''}

Filled from runs on a real cluster of three members (\`casebook/live/etcd-read-paths.yaml\`), by \`npm run figures:live -- reads\`. Times are of one run on one machine; what is
asserted whenever \`npm run test:live\` runs are the verdicts, that no linearizable read is old, and that no serializable one is older than its member was cut off and
its connections took to come back.
`;
  return [head, ...audits.map(sectionOf)].join('\n');
}

function sectionOf({ mode, result, paths }: ReadAudit): string {
  const row = (condition: string): ReadPath | undefined => paths.find((one) => one.condition === condition);
  const said = (path: ReadPath | undefined): string =>
    path === undefined
      ? 'not asked'
      : `${path.answered} of ${path.asked} reads answered, the oldest answer ${path.stalestMs.toFixed(0)} ms old`;
  const [verdict] = result.verdicts;
  const isStrong = mode === 'linearizable';
  const fields: readonly (readonly [string, string])[] = [
    ['Read API', `\`Range\` with \`serializable: ${String(!isStrong)}\`, asked of every member`],
    ['Expected consistency', isStrong ? 'linearizable' : 'none across members: what the asked member holds'],
    [
      'Leader/follower behavior',
      `${isStrong ? 'through the leader, which asks a quorum' : 'answered by the member alone'}; calm: ${said(row(CALM))}`,
    ],
    [
      'Partition injected',
      `member cut off both ways for 2 s. A follower: ${said(row(CUT_FOLLOWER))}. The leader: ${said(row(CUT_LEADER))}. After it has healed: ${said(row(BACK))}`,
    ],
    ['Pause injected', `leader stopped for 1.5 s: ${said(row(STOPPED))}`],
    ['History checker', `\`register\`, linearizability: **${verdict?.status ?? 'undecided'}**`],
    [
      'Acceptable stale window',
      isStrong
        ? '0 ms'
        : 'as long as the member is cut off, and until its connections are back: not to be used where that matters',
    ],
    ['Failure evidence', verdict?.status === 'violated' ? verdict.reason : 'none: no run contradicted it'],
  ];
  const lines = fields.map(([field, text]) => `| ${field} | ${text.replaceAll('|', '\\|')} |`);
  return `## \`${mode}\`\n\n| field | |\n| --- | --- |\n${lines.join('\n')}\n`;
}
