import type { Case } from './case.ts';

const LAB = `import type { ProtocolLab } from '../lab/lab.ts';
export const lab: ProtocolLab = { promises: ['agreement'], bounds: { simulatedSeconds: 9, recoverWithinMs: 500 } };
`;

/** Safety before liveness, and liveness on a stated assumption. */
export const PROTOCOLS: readonly Case[] = [
  {
    rule: 'safety-first',
    name: 'S3.1 a protocol without a file of safety properties is found',
    passes: { 'packages/protocols/src/raft/monitor.ts': '', 'packages/protocols/src/raft/lab.ts': LAB },
    fails: { 'packages/protocols/src/raft/state.ts': '', 'packages/protocols/src/raft/lab.ts': LAB },
    line: 1,
    says: 'has no safety properties',
  },
  {
    rule: 'safety-first',
    name: 'S3.1 the safety properties of a family of protocols count for each of them',
    passes: {
      'packages/protocols/src/pbft/lab.ts': `import { labMonitor } from '../byzantine/lab.ts';\n${LAB}`,
    },
    fails: {
      'packages/protocols/src/pbft/lab.ts': `import { labMonitor } from '../byzantine/lie.ts';\n${LAB}`,
    },
    line: 1,
    says: 'write monitor.ts beside it',
  },
  {
    rule: 'stated-stabilisation',
    name: 'S3.1 liveness without a stated time of calm is found',
    passes: {
      'packages/protocols/src/raft/lab.ts': LAB,
      'packages/protocols/src/failover/lab.ts': LAB.replace('recoverWithinMs: 500', 'later: 1').replace(
        'bounds',
        'recovers: false, bounds',
      ),
    },
    fails: { 'packages/protocols/src/raft/lab.ts': LAB.replace('recoverWithinMs: 500', 'later: 1') },
    line: 1,
    says: 'no stated assumption',
  },
];
