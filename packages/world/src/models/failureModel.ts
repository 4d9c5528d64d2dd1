import { ALL_FAULT_KINDS, type FaultKind } from './faultKinds.ts';

/**
 * What a run assumes can go wrong. Each model is a set of fault kinds:
 *
 *     crash-stop < crash-recovery < send-omission    < omission < byzantine
 *                                 < receive-omission <
 *                  crash-recovery < unstable-storage            < byzantine
 *     timing                                                    < byzantine
 *
 * `timing` stands beside the chain: being late is neither a crash nor an omission. `unstable-storage` is crash-recovery
 * without the usual assumption that what was made durable stays so.
 *
 * A crash is not "detectable" by itself: only the fail-stop model gives every survivor a reliable notice, and only a
 * synchronous system can conclude a crash from silence. In every model here a crashed host and a slow one look alike.
 *
 * Source: Cachin, Guerraoui, Rodrigues, "Introduction to Reliable and Secure Distributed Programming", 2nd ed.,
 * sections 2.2 (processes) and 2.4 (fair-loss links, which may also duplicate and reorder); Cristian, Aghili, Strong,
 * Dolev, "Atomic broadcast: from simple message diffusion to Byzantine agreement" (the hierarchy).
 */
export type FailureModel =
  | 'crash-stop'
  | 'crash-recovery'
  | 'unstable-storage'
  | 'send-omission'
  | 'receive-omission'
  | 'omission'
  | 'timing'
  | 'byzantine';

const CRASH_STOP: readonly FaultKind[] = ['crash'];

const CRASH_RECOVERY: readonly FaultKind[] = [
  ...CRASH_STOP,
  'restart',
  'upgrade',
  'disk-lost-writes',
  'disk-full',
  'disk-fsync-fails',
];

const UNSTABLE_STORAGE: readonly FaultKind[] = [
  ...CRASH_RECOVERY,
  'amnesia',
  'disk-torn',
  'disk-bit-rot',
  'disk-misdirected',
  'disk-stale',
  'disk-fsync-lies',
];

const SEND_OMISSION: readonly FaultKind[] = [...CRASH_RECOVERY, 'send-omission'];
const RECEIVE_OMISSION: readonly FaultKind[] = [...CRASH_RECOVERY, 'receive-omission'];

const OMISSION: readonly FaultKind[] = [
  ...SEND_OMISSION,
  'receive-omission',
  'partition',
  'bridge',
  'one-way',
  'channel',
  'flapping',
  'loss',
  'black-hole',
  'duplicate',
  'reorder',
  'corrupt',
];

const TIMING: readonly FaultKind[] = [
  'pause',
  'suspend',
  'slow-cpu',
  'slow-link',
  'narrow-link',
  'reorder',
  'clock-offset',
  'clock-step',
  'clock-drift',
  'leap-second',
  'disk-slow',
];

const ADMITTED: Readonly<Record<FailureModel, ReadonlySet<FaultKind>>> = {
  'crash-stop': new Set(CRASH_STOP),
  'crash-recovery': new Set(CRASH_RECOVERY),
  'unstable-storage': new Set(UNSTABLE_STORAGE),
  'send-omission': new Set(SEND_OMISSION),
  'receive-omission': new Set(RECEIVE_OMISSION),
  omission: new Set(OMISSION),
  timing: new Set(TIMING),
  byzantine: new Set(ALL_FAULT_KINDS),
};

/** Every model, weaker assumptions about the hosts last. */
export const FAILURE_MODELS: readonly FailureModel[] = Object.keys(ADMITTED) as FailureModel[];

/** The kinds of fault a model admits, in the order of `ALL_FAULT_KINDS`. */
export function admittedFaults(model: FailureModel): readonly FaultKind[] {
  return ALL_FAULT_KINDS.filter((kind) => ADMITTED[model].has(kind));
}

/** Whether one of the declared models admits this kind of fault. */
export function admits(models: readonly FailureModel[], kind: FaultKind): boolean {
  return models.some((model) => ADMITTED[model].has(kind));
}

/** Whether every fault of `inner` is also one of `outer`: what tolerates `outer` tolerates `inner`. */
export function isWithin(inner: FailureModel, outer: FailureModel): boolean {
  for (const kind of ADMITTED[inner]) if (!ADMITTED[outer].has(kind)) return false;
  return true;
}

/** The narrowest models that admit a kind: none of them has another admitting model within it. */
export function narrowestModels(kind: FaultKind): readonly FailureModel[] {
  const admitting = FAILURE_MODELS.filter((model) => ADMITTED[model].has(kind));
  return admitting.filter((m) => !admitting.some((other) => other !== m && isWithin(other, m)));
}

/** Thrown when a run injects a fault that the models it declared exclude. */
export class FaultOutsideModelError extends Error {
  readonly code = 'FAULT_OUTSIDE_MODEL';
  readonly models: readonly FailureModel[];
  readonly kind: FaultKind;
  /** The models to declare instead or as well, narrowest first. */
  readonly declare: readonly FailureModel[];
  constructor(models: readonly FailureModel[], kind: FaultKind) {
    const declare = narrowestModels(kind);
    super(
      `Cannot inject '${kind}' as part of this run: it declared ${models.join(' + ') || 'no failure model'}, ` +
        `which excludes it; declare ${declare.join(' or ')} as well, or leave the fault out`,
    );
    this.name = 'FaultOutsideModelError';
    this.models = models;
    this.kind = kind;
    this.declare = declare;
  }
}

/** Throws `FaultOutsideModelError` unless one of the declared models admits the fault. */
export function assertAdmitted(models: readonly FailureModel[], kind: FaultKind): void {
  if (!admits(models, kind)) throw new FaultOutsideModelError(models, kind);
}
