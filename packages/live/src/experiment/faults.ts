import type { Draft } from '../faults/pairs.ts';
import type { FaultStep } from './file.ts';

/** A fault of a file as the world's vocabulary has it: milliseconds become microseconds, absent names mean what the world's mean. */
export function faultOf(step: FaultStep): Draft {
  const { atMs = 0, forMs = 0, downMs, upMs, as: _name, ...rest } = step;
  const fault = {
    unlisted: 'with-all',
    hosts: [],
    ...rest,
    atUs: Math.round(atMs * 1_000),
    forUs: Math.round(forMs * 1_000),
    ...(typeof downMs === 'number' ? { downUs: Math.round(downMs * 1_000) } : {}),
    ...(typeof upMs === 'number' ? { upUs: Math.round(upMs * 1_000) } : {}),
  };
  const { unlisted, hosts, ...others } = fault;
  const kept = {
    ...others,
    ...(step.kind === 'partition' ? { unlisted } : {}),
    ...(step.kind === 'loss' || step.kind === 'black-hole' ? { hosts } : {}),
  };
  // The schema has checked the names; numbers and members are checked when it strikes.
  return kept as unknown as Draft;
}
