import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import {
  casRegisterModel,
  checkLinearizable,
  checkLinearizableColumns,
  type History,
  type HistoryColumns,
  kvModel,
  type LinearizableOptions,
  type Model,
  type Operation,
  parseHistory,
  registerModel,
  toColumns,
} from '@holdfast/check';
import { uniqueRegister } from './lib/uniqueRegister.ts';

/**
 * Linearizability of single objects: ours against Porcupine on the recorded histories, in one run on one machine; model
 * compilation included, parsing apart, JIT warm, in processor time of the whole process. Both on one core: GOMAXPROCS is 1 for the peer, which else checks keys in
 * parallel. Where `go` is missing the peer is left out.
 *
 *     npx tsx --conditions=holdfast:source bench/check-linearizable.ts [runs] [names] [processors of the peer]
 *
 * `names` is a regular expression: `'per key'`, `etcd`, `'^unique'`.
 */

const RUNS = Number(process.argv[2] ?? 15);
const NAMES = process.argv[3] ?? '';
const WANTED = new RegExp(NAMES);
/** One, so that both sides are on one core; by itself the peer takes all of them. */
const PEER_PROCESSORS = process.argv[4] ?? '1';
const FIXTURES = new URL('../packages/check/fixtures/', import.meta.url);
const PEER = new URL('./peers/porcupine/', import.meta.url);
const SLOW_MS = 10_000;
const WARM_UP_MS = 400;
/** How long a batch of checks must take for its processor time to be worth dividing. */
const BATCH_MS = 20;
const VERDICTS: Readonly<Record<string, string>> = { Ok: 'holds', Illegal: 'violated', Unknown: 'undecided' };

interface PeerResult {
  readonly name: string;
  readonly verdict: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly steps: number;
}

interface PeerReport {
  readonly module: string;
  readonly version: string;
  readonly go: string;
  readonly results: readonly PeerResult[];
}

interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly parseMs: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly steps: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

interface Subject<S> {
  readonly name: string;
  readonly parseMs?: number;
  readonly model: Model<S>;
  readonly options?: LinearizableOptions;
}

function measure<S>(
  { name, parseMs = 0, model, options }: Subject<S>,
  history: History | HistoryColumns,
): Row {
  let verdict = '';
  let steps = 0;
  const check = (times: number): number => {
    const start = processorMs();
    for (let k = 0; k < times; k++) {
      const asked = { ...options, explain: false };
      const found =
        'operations' in history
          ? checkLinearizable(history, model, asked)
          : checkLinearizableColumns(history, model, asked);
      verdict = found.status;
      steps = found.evidence.steps;
    }
    return processorMs() - start;
  };
  // To warm the JIT up.
  for (let spent = 0, run = 0; run < 2 || (spent < WARM_UP_MS && run < 20_000); run++) spent += check(1);
  let batch = 1;
  while (check(batch) < BATCH_MS) batch *= 2;
  const times: number[] = [];
  for (let run = 0, spent = 0; run < RUNS && (run < 3 || spent < SLOW_MS); run++) {
    const ms = check(batch);
    spent += ms;
    times.push(ms / batch);
  }
  return { name, verdict, parseMs, medianMs: median(times), minMs: Math.min(...times), steps };
}

/** Processor time of the whole process: what disturbs the machine, or other work on it, does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function read(path: string): { history: History; parseMs: number } {
  const text = readFileSync(new URL(path, FIXTURES), 'utf8');
  for (let i = 0; i < 5; i++) parseHistory(text);
  const start = performance.now();
  const { history } = parseHistory(text);
  return { history, parseMs: performance.now() - start };
}

/** What a simulated run hands over: `keys` objects, some operations of unknown outcome that took effect or did not. */
function simulated(operations: number, keys: number, unknown: number): History {
  const CLIENTS = 12;
  const values: (number | null)[] = Array.from({ length: keys }, () => null);
  const list: Operation[] = [];
  for (let i = 0, process = CLIENTS; i < operations; i++) {
    const k = (i * 5) % keys;
    const kind = (i * 11) % 10;
    const isUnknown = (i * 13) % operations < unknown && kind >= 5;
    const before = values[k] ?? null;
    const takesEffect = !isUnknown || i % 2 === 0;
    const isRead = kind < 5;
    const isCas = kind >= 8;
    if (!isRead && takesEffect) values[k] = i;
    list.push({
      id: i,
      process: isUnknown ? process++ : i % CLIENTS,
      f: isRead ? 'get' : isCas ? 'cas' : 'put',
      key: `k${k}`,
      input: isRead ? null : isCas ? [before, i] : i,
      outcome: isUnknown ? 'unknown' : 'ok',
      output: isRead ? before : null,
      invokedAt: 100 * i,
      completedAt: isUnknown ? Number.POSITIVE_INFINITY : 100 * (i + CLIENTS) - 1,
    });
  }
  return { operations: list, timeUnit: 'us' };
}

function ours(): Row[] {
  const rows: Row[] = [];
  const logs = readdirSync(new URL('jepsen-etcd/', FIXTURES)).filter((name) => name.endsWith('.log'));
  const etcd = logs.sort().map((name) => ({ name, ...read(`jepsen-etcd/${name}`) }));
  for (let i = 0; i < 10; i++)
    for (const { history } of etcd) checkLinearizable(history, casRegisterModel(), { explain: false });
  const add = <S>(subject: Subject<S>, history: () => History | HistoryColumns): void => {
    if (WANTED.test(subject.name)) rows.push(measure(subject, history()));
  };
  const cas = casRegisterModel();
  for (const { name, history, parseMs } of etcd) add({ name, parseMs, model: cas }, () => history);
  for (const name of ['c01-ok', 'c01-bad', 'c10-ok', 'c10-bad', 'c50-ok']) {
    const { history, parseMs } = read(`kv/${name}.txt`);
    add({ name: `${name} per key`, parseMs, model: kvModel() }, () => history);
    if (name === 'c50-ok') continue;
    add({ name: `${name} whole`, parseMs, model: kvModel(), options: { partition: false } }, () => history);
  }
  const model = registerModel();
  const search = { model, options: { method: 'search' } } as const;
  add({ name: 'unique register 10000', model }, () => uniqueRegister(10_000));
  add({ ...search, name: 'unique register 10000, search' }, () => uniqueRegister(10_000));
  add({ name: 'simulated 3000 operations, 8 keys, 200 unknown', model: kvModel() }, () =>
    simulated(3_000, 8, 400),
  );
  for (const million of [1, 10]) {
    const operations = million * 1_000_000;
    add({ name: `unique register ${operations}, columns`, model }, () =>
      toColumns(uniqueRegister(operations)),
    );
  }
  add({ name: 'unique register 1000000', model }, () => uniqueRegister(1_000_000));
  for (const thousands of [250, 500, 1_000]) {
    const operations = thousands * 1_000;
    add({ ...search, name: `unique register ${operations}, search` }, () => uniqueRegister(operations));
  }
  return rows;
}

function peer(): PeerReport | undefined {
  const args = [
    'run',
    '.',
    '-fixtures',
    FIXTURES.pathname,
    '-runs',
    String(Math.min(RUNS, 15)),
    '-only',
    NAMES,
  ];
  const env = { ...process.env, GOMAXPROCS: PEER_PROCESSORS };
  const run = spawnSync('go', args, {
    cwd: PEER,
    env,
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 1 << 24,
  });
  if (run.status === 0) return JSON.parse(run.stdout) as PeerReport;
  console.log(`Porcupine is left out: ${run.error?.message ?? run.stderr}`);
  return undefined;
}

const number = (value: number, digits = 3): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

function print(rows: readonly Row[], report: PeerReport | undefined): void {
  const peers = new Map((report?.results ?? []).map((result) => [result.name, result]));
  const isEtcd = (name: string): boolean => name.startsWith('etcd_');
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const all = rows.filter((row) => isEtcd(row.name));
  const allPeers = all.flatMap((row) => peers.get(row.name) ?? []);
  console.log(
    '| history | verdict | parse ms | ours ms | steps | Porcupine ms | its steps | ratio | ratio of least |',
  );
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  const line = (row: Row, other: Omit<PeerResult, 'name' | 'verdict'> | undefined): void => {
    const cells = [row.name, row.verdict, number(row.parseMs), number(row.medianMs), String(row.steps)];
    if (other === undefined) cells.push('-', '-', '-', '-');
    else {
      cells.push(number(other.medianMs), other.steps === 0 ? '-' : String(other.steps));
      cells.push(number(other.medianMs / row.medianMs, 1), number(other.minMs / row.minMs, 1));
    }
    console.log(`| ${cells.join(' | ')} |`);
  };
  const total = (list: readonly (Row | PeerResult)[]): Omit<PeerResult, 'name' | 'verdict'> => ({
    medianMs: sum(list.map((row) => row.medianMs)),
    minMs: sum(list.map((row) => row.minMs)),
    steps: sum(list.map((row) => row.steps)),
  });
  const parseMs = sum(all.map((row) => row.parseMs));
  const etcd: Row = { name: `${all.length} etcd histories`, verdict: '', parseMs, ...total(all) };
  line(etcd, report === undefined ? undefined : total(allPeers));
  for (const row of rows) if (!isEtcd(row.name)) line(row, peers.get(row.name));
  const slower = rows.filter(
    (row) => (peers.get(row.name)?.medianMs ?? Number.POSITIVE_INFINITY) < row.medianMs,
  );
  console.log(
    `\nSlower than the peer: ${slower.length === 0 ? 'none' : slower.map((row) => row.name).join(', ')}`,
  );
  const differ = rows.filter((row) => {
    const other = peers.get(row.name);
    return other !== undefined && VERDICTS[other.verdict] !== row.verdict;
  });
  console.log(
    `Verdicts that differ: ${differ.length === 0 ? 'none' : differ.map((row) => row.name).join(', ')}`,
  );
  if (report !== undefined)
    console.log(
      `Peer: ${report.module} ${report.version}, ${report.go}, GOMAXPROCS=${PEER_PROCESSORS}; ours on Node ${process.version}`,
    );
}

print(ours(), peer());
