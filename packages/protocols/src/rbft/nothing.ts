import type { Machine } from '../kv/machine.ts';

/** What backups carry out: their order is compared with the master's, and has no effect. */
export const nothing: Machine = {
  name: 'nothing',
  init: () => null,
  apply: () => null,
};
