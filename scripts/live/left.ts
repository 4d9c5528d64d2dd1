import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const MARK = /HOLDFAST_LIVE_RUN=([^\0]+)/;

/** Names of namespaces and links of runs: six letters of a hash of the run's name are in each. */
const NAMES = /\bhf[bv]?-?([0-9a-f]{6})/;

/** What runs have left of themselves: folders, mounts and processes of that state; namespaces and links of no run that is alive. */
export function leftOf(state: string): string[] {
  const processes = environments();
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const alive = new Set(
    processes.flatMap(({ words }) => {
      const [, run] = MARK.exec(words) ?? [];
      return run === undefined || words.includes(`${state}/`) ? [] : [tagOf(run)];
    }),
  );
  return [
    ...foldersIn(state),
    ...mounts.filter((line) => line.includes(` ${state}/`)),
    ...processes.filter(({ words }) => words.includes(`${state}/`)).map(({ pid }) => `process ${pid}`),
    ...namesOfLinks().filter((name) => !alive.has(NAMES.exec(name)?.[1] ?? '')),
  ];
}

/** What is still left once what is ending has had its time. */
export async function leftAtLast(state: string, withinMs = 10_000): Promise<string[]> {
  await soon(() => leftOf(state).length === 0, withinMs);
  return leftOf(state);
}

/** Folders of runs. */
export function foldersIn(state: string): string[] {
  return existsSync(state) ? readdirSync(state).filter((name) => name !== 'packages') : [];
}

/** Waits until it is so, for a while at most. */
export async function soon(isSo: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo() && performance.now() < deadline) await new Promise((done) => setTimeout(done, 100));
}

function tagOf(run: string): string {
  return createHash('sha1').update(run).digest('hex').slice(0, 6);
}

function namesOfLinks(): string[] {
  const said = [
    ['netns', 'list'],
    ['-o', 'link'],
  ].map((words) => spawnSync('ip', words, { encoding: 'utf8' }).stdout ?? '');
  return said.flatMap((text) => text.split('\n')).filter((line) => NAMES.test(line));
}

function environments(): { readonly pid: string; readonly words: string }[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .map((pid) => ({ pid, words: environment(pid) }));
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
