import type { Plain } from '@holdfast/plain';
import type { Recipe } from '@holdfast/protocols';

/** What is submitted: an election in the primitives of one coordination service, and what the storage behind the scheduler checks. */
export interface SchedulerDesign {
  /** Opens the session, waits until this scheduler leads, and returns what it will show with each of its commands. */
  lead(session: number, ttlMs: number): Recipe<Plain>;
  /**
   * A command reaches the storage. `remembered` is what this function returned last time, null at first; it survives a restart. Whether the command is
   * carried out, and what is remembered from now on.
   */
  accept(remembered: Plain, shown: Plain): { readonly accepted: boolean; readonly remembered: Plain };
}

/** The file a learner begins with: an election that works, and no fence. */
export const SCHEDULER_BLANK: string = `import { askService, type SchedulerDesign, watchService } from 'holdfast';

// Here in etcd's words; { api: 'zookeeper', request } and { api: 'consul', request } are understood as well.
const design: SchedulerDesign = {
  *lead(session, ttlMs) {
    yield* askService({ api: 'etcd', request: { op: 'lease-grant', lease: session, ttlMs } });
    for (;;) {
      const { answer, revision } = yield* askService({
        api: 'etcd',
        request: {
          op: 'txn',
          compare: [{ key: 'leader', target: 'create', result: 'equal', operand: 0 }],
          success: [{ op: 'put', key: 'leader', value: session, lease: session }],
          failure: [],
        },
      });
      if (answer['succeeded'] === true) return null;
      // Until something happens to the key.
      yield* watchService('leader', revision + 1);
    }
  },
  accept: (remembered) => ({ accepted: true, remembered }),
};

export default design;
`;
