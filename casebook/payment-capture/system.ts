import { sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';
import { api } from './api.ts';
import { database } from './database.ts';
import { NODES, type Posture } from './posture.ts';
import { judge, measures, PROMISES } from './promises.ts';
import { provider } from './provider.ts';
import { shop } from './shop.ts';
import { worker } from './worker.ts';

/** A payment service with its database, its worker, somebody else's provider, and the shop that sends what was paid. */
export function payments(
  posture: Posture,
  world: 'providers fail' | 'all is well' = 'providers fail',
): Subject {
  return sketch({
    name: posture.name,
    nodes: NODES,
    operations: ['pay', 'status'],
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: {
      entry: (client) => (client === 0 ? ['api-1', 'api-2'] : ['api-2', 'api-1']),
      timeoutMs: 120,
      attempts: 8,
    },
    latency: { kind: 'uniform', minUs: 500, maxUs: 4_000 },
    program: (node) => programOf(node, posture, world === 'all is well'),
    promises: PROMISES,
    judge,
    metrics: measures,
  });
}

function programOf(node: SketchNode, posture: Posture, isWell: boolean): SketchProgram {
  switch (NODES[node.index]) {
    case 'worker':
      return worker(node, posture);
    case 'database':
      return database(node, posture);
    case 'provider':
      return provider(node, isWell);
    case 'shop':
      return shop(node, posture.inbox);
    default:
      return api(node, posture);
  }
}
