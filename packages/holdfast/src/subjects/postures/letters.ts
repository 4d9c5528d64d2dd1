import { checkLinearizable, type Operation } from '@holdfast/check';
import { quantileOf } from '../patterns/running.ts';
import { commandModel, isAnswered, isLook } from './commands.ts';
import { type Letters, printLetters } from './posture.ts';

/** The stretch in which the network is parted, and who asks on the side without a majority. Times are simulated microseconds. */
export interface Parting {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly isMinority: (operation: Operation) => boolean;
  /** After the network is parted, or whole again, nodes take so long to know and to elect: what is asked meanwhile is not counted as refused. */
  readonly settleUs: number;
  /** A read below this did not wait for another region. */
  readonly fastUs: number;
}

/** What a store did, from what its clients saw. */
export interface Observed {
  /** `A`: everybody was answered, at the price of consistency; `C`: the other way round. */
  readonly partition: Letters['partition'] | 'both' | 'neither';
  /** `L`: reads that do not wait and may be old; `C`: reads that wait and are not. */
  readonly calm: Letters['calm'] | 'both' | 'neither';
  /** Answered with success while parted, by side, %. */
  readonly answered: { readonly majority: number; readonly minority: number };
  /** The same of reads and of writes on the side without a majority, %. */
  readonly minority: { readonly reads: number; readonly writes: number };
  /** Keys for which both sides acknowledged a write while they could not reach each other. */
  readonly conflicts: number;
  /** Keys that end with a value which an acknowledged write had replaced. */
  readonly lost: number;
  readonly isLinearizable: { readonly calm: boolean; readonly whole: boolean };
  /** The oldest value shown, by how long it had been replaced, ms. */
  readonly stalestMs: { readonly calm: number; readonly parted: number };
  /** Medians while nothing is wrong, ms. */
  readonly latencyMs: { readonly reads: number; readonly writes: number };
}

/** Reads the letters off a history of registers, each value of which is written once. */
export function observeLetters(operations: readonly Operation[], parting: Parting): Observed {
  const { fromUs, untilUs, settleUs, fastUs } = parting;
  const calmOnes = endedBy(operations, fromUs);
  const parted = operations.filter(
    ({ invokedAt }) => invokedAt >= fromUs + settleUs && invokedAt < untilUs - settleUs,
  );
  const sides = {
    majority: parted.filter((each) => !parting.isMinority(each)),
    minority: parted.filter(parting.isMinority),
  };
  const latency = (isRead: boolean): number =>
    quantileOf(calmOnes.filter(({ f, outcome }) => outcome === 'ok' && isLook(f) === isRead).map(spent), 0.5);
  const isLinearizable = { calm: linearizable(calmOnes), whole: linearizable(operations) };
  const answered = { majority: share(sides.majority), minority: share(sides.minority) };
  const conflicts = conflictsOf(operations, parting);
  const lost = lostIn(operations);
  const isKept = conflicts === 0 && lost === 0 && (!isLinearizable.calm || isLinearizable.whole);
  const isAnswered = answered.majority === 100 && answered.minority === 100;
  const isFast = latency(true) < fastUs;
  const writes = operations.filter(({ f, outcome }) => !isLook(f) && outcome === 'ok');
  return {
    partition: letter(isAnswered, isKept, 'A'),
    calm: letter(isFast, isLinearizable.calm, 'L'),
    answered,
    minority: {
      reads: share(sides.minority.filter(({ f }) => isLook(f))),
      writes: share(sides.minority.filter(({ f }) => !isLook(f))),
    },
    conflicts,
    lost,
    isLinearizable,
    stalestMs: { calm: stalest(calmOnes, writes), parted: stalest(parted, writes) },
    latencyMs: { reads: latency(true) / 1_000, writes: latency(false) / 1_000 },
  };
}

/** What is not as it was claimed to be, in a sentence; undefined when all is. */
export function misplaced(claimed: Letters, observed: Observed): string | undefined {
  const [claim, seen] = [printLetters(claimed), printLetters(observed)];
  if (claim === seen) return undefined;
  const { answered, conflicts, lost, isLinearizable, latencyMs, stalestMs } = observed;
  const parts = [
    ...(claimed.partition === observed.partition
      ? []
      : [
          `while parted the minority was answered ${answered.minority.toFixed(0)} % and the majority ${answered.majority.toFixed(0)} %, ` +
            `${conflicts} keys were written on both sides, ${lost} lost an acknowledged write, and all in all it was ` +
            `${isLinearizable.whole ? '' : 'not '}linearizable`,
        ]),
    ...(claimed.calm === observed.calm
      ? []
      : [
          `in calm a read took ${latencyMs.reads.toFixed(1)} ms, showed values replaced up to ${stalestMs.calm.toFixed(0)} ms before, and was ` +
            `${isLinearizable.calm ? '' : 'not '}linearizable`,
        ]),
  ];
  return `claimed ${claim}, observed ${seen}: ${parts.join('; ')}`;
}

/** What had been asked by then: what was not answered yet may have happened or not. */
function endedBy(operations: readonly Operation[], us: number): Operation[] {
  return operations
    .filter(({ invokedAt }) => invokedAt < us)
    .map((each) => (each.completedAt < us ? each : { ...each, outcome: 'unknown', completedAt: Infinity }));
}

function letter<X extends string>(
  isFirst: boolean,
  isConsistent: boolean,
  first: X,
): X | 'C' | 'both' | 'neither' {
  if (isFirst) return isConsistent ? 'both' : first;
  return isConsistent ? 'C' : 'neither';
}

/** Answered, %; of none that is all. */
export function share(operations: readonly Operation[]): number {
  if (operations.length === 0) return 100;
  return (100 * operations.filter(isAnswered).length) / operations.length;
}

function spent({ invokedAt, completedAt }: Operation): number {
  return completedAt - invokedAt;
}

function linearizable(operations: readonly Operation[]): boolean {
  const ordered = operations.map((each, id) => ({ ...each, id }));
  return (
    checkLinearizable({ operations: ordered, timeUnit: 'us' }, commandModel(), { explain: false }).status ===
    'holds'
  );
}

function conflictsOf(operations: readonly Operation[], { fromUs, untilUs, isMinority }: Parting): number {
  const sides = [new Set<string>(), new Set<string>()];
  for (const each of operations) {
    const { f, outcome, key = '', invokedAt, completedAt } = each;
    if (isLook(f) || outcome !== 'ok' || invokedAt < fromUs || completedAt >= untilUs) continue;
    sides[isMinority(each) ? 1 : 0]?.add(key);
  }
  return [...(sides[0] ?? [])].filter((key) => sides[1]?.has(key)).length;
}

/** Of each key the last read tells how it ended. */
function lostIn(operations: readonly Operation[]): number {
  const last = new Map<string, Operation>();
  for (const each of operations) if (isLook(each.f) && each.outcome === 'ok') last.set(each.key ?? '', each);
  const writes = operations.filter(({ f, outcome }) => !isLook(f) && outcome === 'ok');
  return [...last.values()].filter((read) => staleUs(read, writes) > 0).length;
}

function stalest(reads: readonly Operation[], writes: readonly Operation[]): number {
  const ages = reads
    .filter(({ f, outcome }) => isLook(f) && outcome === 'ok')
    .map((read) => staleUs(read, writes));
  return Math.max(0, ...ages) / 1_000;
}

/** How long before a read its value had been replaced for sure: by a write that began after it was written, and was acknowledged. */
function staleUs({ key, output, invokedAt }: Operation, writes: readonly Operation[]): number {
  const written = writes.find((each) => each.key === key && each.input === output);
  // A write of unknown outcome may take effect at any time: what it wrote is never old for sure.
  if (written === undefined && output !== null) return 0;
  const replaced = writes.filter(
    (each) =>
      each.key === key && each.invokedAt > (written?.completedAt ?? -1) && each.completedAt < invokedAt,
  );
  return Math.max(0, ...replaced.map((each) => invokedAt - each.completedAt));
}
