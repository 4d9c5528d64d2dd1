import {
  type Capability,
  diagnose,
  type ExperimentFile,
  type LiveResult,
  runLive,
  type RunOptions,
} from '@holdfast/live';

/** One check of `npm run test:live`. */
export interface LiveCheck {
  readonly name: string;
  /** What one attempt may take; 90 unless told otherwise. */
  readonly limitSeconds?: number;
  /** Why it cannot run here; undefined when it can. */
  skip(): string | undefined;
  /** Rejects when the check fails; with `FinalFailure` when another attempt must not hide it. */
  run(): Promise<void>;
}

/** What must hold was seen broken: no other attempt makes that unseen. */
export class FinalFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FinalFailure';
  }
}

/** Devices that work in this process only for root; others get them from `holdfast live`, which enters namespaces of its own. */
const OF_ROOT: readonly string[] = ['namespaces', 'vxlan', 'disk'];

let abilities: readonly Capability[] | undefined;

/** Why checks of a system or device cannot run here. What the machine can do is asked once. */
export function lacking(...names: readonly string[]): string | undefined {
  abilities ??= diagnose();
  const lack = abilities.find(({ name, able }) => names.includes(name) && !able);
  if (lack !== undefined) return `${lack.name}: ${lack.found}`;
  const device = names.find((name) => OF_ROOT.includes(name));
  if (device === undefined || process.getuid?.() === 0) return undefined;
  return `${device}: only root can in this process; the checks 'without root' show it`;
}

/** Runs an experiment once, on one cluster: another attempt is the harness's to make and to count. Rejects unless it ended as expected. */
export async function expectRun(
  file: ExperimentFile,
  options: RunOptions & { readonly expect: NonNullable<RunOptions['expect']> },
): Promise<LiveResult> {
  const { expect } = options;
  const result = await runLive(file, { attempts: 1, ...options });
  const told = [
    `${file.name} is ${result.status}, expected was ${expect}`,
    ...result.journal.map(({ atMs, text }) => `${atMs} ${text}`),
    ...result.verdicts.map(({ promise, status, reason }) => `${promise} ${status}: ${reason}`),
    ...result.metrics.filter(({ kept }) => !kept).map(({ name, value }) => `${name} was ${value}`),
  ].join('\n');
  if (expect === 'holds' && result.verdicts.some(({ status }) => status === 'violated'))
    throw new FinalFailure(told);
  if (result.status !== expect) throw new Error(told);
  if (result.undoFailures.length > 0) throw new FinalFailure(result.undoFailures.join('\n'));
  return result;
}
