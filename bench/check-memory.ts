/*
 * Memory of the general search over one register: bytes for each operation beyond the history itself, at growing sizes. Linear memory means
 * the figure stays where it is. Each size runs in a process of its own, once generating only and once checking too.
 * Run: npx tsx --conditions=holdfast:source bench/check-memory.ts
 */
import { spawnSync } from 'node:child_process';
import { checkLinearizable, registerModel } from '@holdfast/check';
import { uniqueRegister } from './lib/uniqueRegister.ts';

const SIZES = [125_000, 250_000, 500_000, 1_000_000];
const FILE = process.argv[1] ?? '';
const [, , size, isChecked] = process.argv;

interface Measured {
  readonly peakBytes: number;
  readonly seconds: number;
}

function measureHere(operations: number, check: boolean): Measured {
  const history = uniqueRegister(operations);
  const start = process.cpuUsage();
  if (check) {
    const { status } = checkLinearizable(history, registerModel(), { method: 'search', explain: false });
    if (status !== 'holds') throw new Error(`Cannot measure as the history must hold: ${status}`);
  }
  const { user, system } = process.cpuUsage(start);
  return { peakBytes: process.resourceUsage().maxRSS * 1024, seconds: (user + system) / 1e6 };
}

function measure(operations: number, check: boolean): Measured {
  const args = [...process.execArgv, FILE, String(operations), String(check)];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.status !== 0)
    throw new Error(`${operations} operations ended with ${child.status ?? child.signal}`);
  return JSON.parse(child.stdout) as Measured;
}

if (size === undefined) {
  console.log(
    '| operations | search, s | peak of the process, MB | of it the history, MB | bytes an operation beyond it |',
  );
  console.log('| ---: | ---: | ---: | ---: | ---: |');
  for (const operations of SIZES) {
    const [alone, checked] = [measure(operations, false), measure(operations, true)];
    const beyond = (checked.peakBytes - alone.peakBytes) / operations;
    const megabytes = ({ peakBytes }: Measured): string => (peakBytes / 1e6).toFixed(0);
    console.log(
      `| ${operations.toLocaleString('en')} | ${checked.seconds.toFixed(2)} | ${megabytes(checked)} | ${megabytes(alone)} | ${beyond.toFixed(0)} |`,
    );
  }
} else console.log(JSON.stringify(measureHere(Number(size), isChecked === 'true')));
