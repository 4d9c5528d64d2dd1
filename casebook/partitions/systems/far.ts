import {
  askUntilAnswered,
  type FaultDraft,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';

export const MODEST = 'at most 1.5 messages a call';
const SERVER = 1;
/** Below the time there and back, and well above it. */
const HASTY_MS = 60;
const PATIENT_MS = 400;
/** One message in so many is lost, each way. */
export const LOSS = 0.1;

/** Far away, at about 90 ms each way, and a tenth of what is sent is lost. */
export const FAR: readonly FaultDraft[] = [
  { kind: 'slow-link', hosts: ['server'], amount: 150, atUs: 1_000_000, forUs: 0 },
  { kind: 'loss', hosts: ['server'], probability: LOSS, atUs: 1_000_000, forUs: 0 },
];

/** A caller that asks again after a wait that was good enough at home, or one that fits the distance. */
export function farCalls(patient: boolean): Subject {
  return sketch({
    name: patient ? 'a wait that fits the distance' : 'a wait from home',
    nodes: ['caller', 'server'],
    operations: ['call'],
    survives: ['omission', 'timing'],
    clients: { timeoutMs: 3_000 },
    program: (node) => (node.index === SERVER ? server(node) : caller(node, patient ? PATIENT_MS : HASTY_MS)),
    promises: [MODEST],
    judge: ({ operations, effects }) => {
      const per = effects.length / Math.max(1, operations.length);
      const reason = `${effects.length} messages for ${operations.length} calls; with ${LOSS * 100} % lost each way ${expected().toFixed(2)} a call are needed`;
      return [{ promise: MODEST, kept: per <= 1.5, reason, examined: operations.length }];
    },
    metrics: ({ operations, effects }) => ({
      'sent per call': effects.length / Math.max(1, operations.length),
      'needed per call': expected(),
    }),
  });
}

/** A round trip succeeds when both ways do. */
function expected(): number {
  return 1 / (1 - LOSS) ** 2;
}

function caller(node: SketchNode, waitMs: number): SketchProgram {
  return askUntilAnswered(node, waitMs, (key) => {
    node.effect('sent', key);
    node.send(SERVER, { type: 'call', key });
  });
}

function server(node: SketchNode): SketchProgram {
  return { message: (from, { key }) => node.send(from, { type: 'done', key }) };
}
