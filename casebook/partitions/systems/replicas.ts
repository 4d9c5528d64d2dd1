import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';
import { CUT } from '../span.ts';

export const HONEST = 'a replica that is 500 ms behind is not healthy';
const REPLICA = 1;
const EVERY_MS = 25;
const LAG_MS = 300;
const BEHIND_MS = 500;

/** The port that replicates is shut; the one that answers health checks and reads is open. */
export const ONE_PORT: readonly FaultDraft[] = [
  { kind: 'channel', channel: 0, groups: [['primary'], ['replica']], ...CUT },
];

/** A replica whose health check says that it runs, or that it is not behind. */
export function replicas(healthKnowsLag: boolean): Subject {
  return sketch({
    name: healthKnowsLag ? 'health that knows the lag' : 'health of the process',
    nodes: ['primary', 'replica'],
    operations: ['write', 'health', 'read'],
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'primary' : 'replica'], timeoutMs: 100 },
    program: (node) => (node.index === REPLICA ? replica(node, healthKnowsLag) : primary(node)),
    promises: [HONEST],
    judge: ({ operations, effects }) => {
      const healthy = operations.filter(({ f, outcome }) => f === 'health' && outcome === 'ok');
      const copied = effects.filter(({ what }) => what === 'copied');
      const behind = healthy.filter(({ invokedAt }) => {
        const last = copied.findLast(({ atUs }) => atUs <= invokedAt)?.atUs ?? 0;
        return invokedAt - last > BEHIND_MS * 1_000;
      });
      const alerts = effects.filter(({ what }) => what === 'alert').length;
      const reason = `${behind.length} of ${healthy.length} health checks were green while the replica was more than ${BEHIND_MS} ms behind; ${alerts} alerts of lag`;
      return [{ promise: HONEST, kept: behind.length === 0, reason, examined: healthy.length }];
    },
  });
}

function primary(node: SketchNode): SketchProgram {
  let value = '';
  node.timer('copy', EVERY_MS);
  return {
    request: ({ key }, answer) => {
      value = key;
      answer({ outcome: 'ok', output: null });
    },
    timer: () => {
      node.send(REPLICA, { type: 'copy', key: value });
      node.timer('copy', EVERY_MS);
    },
  };
}

function replica(node: SketchNode, healthKnowsLag: boolean): SketchProgram {
  let value = '';
  let copiedMs = node.upMs();
  let alerted = false;
  return {
    request: ({ f }, answer) => {
      const lag = node.upMs() - copiedMs;
      if (f === 'read') answer({ outcome: 'ok', output: value });
      else if (!healthKnowsLag || lag <= LAG_MS) answer({ outcome: 'ok', output: 'healthy' });
      else {
        if (!alerted) node.effect('alert', 'lag');
        alerted = true;
        answer({ outcome: 'fail', output: `${lag.toFixed(0)} ms behind` });
      }
    },
    message: (_from, { key }) => {
      value = key;
      copiedMs = node.upMs();
      alerted = false;
      node.effect('copied', key);
    },
  };
}
