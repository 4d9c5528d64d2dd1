/** A kind of system in which two must not have authority at once. */
export type AuthoritySystem =
  | 'database-primary'
  | 'job-scheduler'
  | 'lock-service'
  | 'cluster-controller'
  | 'storage-volume';

/** What a split brain looks like in such a system, and what it does. */
export interface SystemFacts {
  /** What two authorities are seen to do. */
  readonly symptom: string;
  /** What comes of it. */
  readonly consequence: string;
  /** What one act of authority is about: acts are numbered, and no number must be used by two. */
  readonly item: string;
  /** Where an act takes effect: on the node's own disk, or at something that both sides share. */
  readonly effect: 'own-disk' | 'shared';
}

/** The five systems. */
export const AUTHORITY_SYSTEMS: Readonly<Record<AuthoritySystem, SystemFacts>> = {
  'database-primary': {
    symptom: 'two primaries accept writes',
    consequence: 'the data has diverged',
    item: 'position of the log',
    effect: 'own-disk',
  },
  'job-scheduler': {
    symptom: 'two schedulers run an exclusive job',
    consequence: 'a side effect happened twice',
    item: 'run of the job',
    effect: 'shared',
  },
  'lock-service': {
    symptom: 'two clients hold one lock',
    consequence: 'the shared resource is corrupt',
    item: 'version of the resource',
    effect: 'shared',
  },
  'cluster-controller': {
    symptom: 'two controllers change the same objects',
    consequence: 'an update is lost',
    item: 'generation of the object',
    effect: 'shared',
  },
  'storage-volume': {
    symptom: 'two nodes mount a writable volume',
    consequence: 'the file system is corrupt',
    item: 'block of the journal',
    effect: 'shared',
  },
};

/** A way to keep two from having authority, or from doing harm with it. */
export type SplitBrainPrevention =
  | 'quorum-election'
  | 'fencing-tokens'
  | 'single-writer-storage'
  | 'stonith'
  | 'epochs-in-commands'
  | 'fail-closed'
  | 'no-force-promotion';

/** The seven ways, in the order of tables. */
export const SPLIT_BRAIN_PREVENTIONS: readonly SplitBrainPrevention[] = [
  'quorum-election',
  'fencing-tokens',
  'single-writer-storage',
  'stonith',
  'epochs-in-commands',
  'fail-closed',
  'no-force-promotion',
];

/** What the shared part of a system can check: data checks tokens and writers, what carries out commands checks epochs. */
const CHECKED_BY: Readonly<Record<AuthoritySystem, readonly SplitBrainPrevention[]>> = {
  'database-primary': [],
  'job-scheduler': ['epochs-in-commands'],
  'lock-service': ['fencing-tokens', 'single-writer-storage'],
  'cluster-controller': ['fencing-tokens', 'epochs-in-commands'],
  'storage-volume': ['fencing-tokens', 'single-writer-storage'],
};

/** Whether what the two sides share can check this at all. */
export function sharedPartChecks(system: AuthoritySystem, prevention: SplitBrainPrevention): boolean {
  return CHECKED_BY[system].includes(prevention);
}
