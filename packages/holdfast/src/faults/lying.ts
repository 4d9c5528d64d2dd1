import type { FaultSpec } from './spec.ts';

/** Byzantine servers. */
export interface LyingOptions {
  /** Server names. */
  readonly hosts: readonly string[];
  /** One of the subject's lies, by name. */
  readonly lie: string;
}

/** The servers tell the lie from the start of the fault phase until everything heals. */
export function lying({ hosts, lie }: LyingOptions): FaultSpec {
  return {
    name: `${hosts.join(', ')} lie: ${lie}`,
    kinds: ['byzantine'],
    hosts,
    plan: ({ fromUs, untilUs }) =>
      hosts.map((host) => ({ kind: 'byzantine', host, lie, atUs: fromUs, forUs: untilUs - fromUs })),
  };
}
