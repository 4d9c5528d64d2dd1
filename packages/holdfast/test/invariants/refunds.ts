import { utf8Of } from '@holdfast/plain';
import {
  type Capability,
  capabilityRefusal,
  exactly,
  type Experiment,
  experiment,
  type PlannedOperation,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
  swarm,
  unclaimed,
  type Workload,
} from '../../src/index.ts';
import { issueCapability } from '../../src/invariants/index.ts';

const KEY = utf8Of('shared by issuer and till');
const LASTS_MS = 1_500;
/** How far the till's clock may be from the issuer's: it is, in the run. */
const SKEW_MS = 250;

/** An issuer of capabilities, and a till that refunds under them. */
function issuerAndTill(leavesMargin: boolean): Subject {
  return sketch({
    name: leavesMargin ? 'refunds' : 'refunds without a margin',
    nodes: ['issuer', 'till'],
    operations: ['grant', 'refund', 'delete'],
    survives: ['omission', 'timing'],
    clients: { entry: () => ['issuer'], timeoutMs: 400 },
    latency: { kind: 'uniform', minUs: 200, maxUs: 3_000 },
    program: (node) => (node.index === 0 ? issuer(node) : till(node, leavesMargin)),
    promises: ['no capability is used after its end, or for anything else'],
    judge: ({ effects }) => {
      const ends = new Map(
        effects.filter(({ what }) => what === 'granted').map(({ key, atUs }) => [key, atUs]),
      );
      const used = effects.filter(({ what }) => what !== 'granted');
      const wrong = used.flatMap(({ what, key, atUs }) => {
        const lateMs = Math.round((atUs - (ends.get(key) ?? 0)) / 1_000) - LASTS_MS;
        if (what === 'delete') return [`${key} was used to delete`];
        return lateMs > 0 ? [`${key} was used ${lateMs} ms after its end`] : [];
      });
      return [
        {
          promise: 'no capability is used after its end, or for anything else',
          kept: wrong.length === 0,
          reason: wrong[0] ?? `${used.length} uses`,
          examined: used.length,
        },
      ];
    },
    metrics: ({ effects, kept }) => ({
      refunded: effects.filter(({ what }) => what === 'refund').length,
      refused: Number(kept[1]?.['refused'] ?? 0),
    }),
  });
}

/** Grants, and passes uses on to the till with the capability that was granted: what a holder would do. */
function issuer(node: SketchNode): SketchProgram {
  const granted = new Map<string, Capability>();
  return {
    request: ({ f, key }, answer) => {
      if (f === 'grant') {
        const fromMs = Math.round(node.wallMs());
        const grant = {
          holder: key,
          purposes: ['refund'],
          resources: [key],
          fromMs,
          untilMs: fromMs + LASTS_MS,
        };
        granted.set(key, issueCapability(grant, KEY));
        node.effect('granted', key);
      } else node.send(1, { type: f, key, capability: (granted.get(key) ?? null) as never });
      answer({ outcome: 'ok', output: null });
    },
  };
}

function till(node: SketchNode, leavesMargin: boolean): SketchProgram {
  return {
    message: (_from, { type, key, capability }) => {
      const shown = capability as Capability | null;
      const use = { holder: key, purpose: type, resource: key };
      const check = { key: KEY, nowMs: node.wallMs(), maxSkewMs: leavesMargin ? SKEW_MS : 0 };
      if (shown !== null && capabilityRefusal(shown, use, check) === undefined) node.effect(type, key);
      else node.kept['refused'] = Number(node.kept['refused'] ?? 0) + 1;
    },
  };
}

const uses: Workload = {
  name: 'uses',
  clients: 1,
  operations: ['grant', 'refund', 'delete'],
  model: null,
  plan: ({ choices, fromUs, untilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    for (let [i, atUs] = [0, fromUs]; atUs < untilUs - 2_000_000; i++) {
      const key = `order-${i}`;
      planned.push({ atUs, client: 0, f: 'grant', key, input: null });
      for (let use = 0; use < 4; use++) {
        const f = choices.chance(0.2, 'deletes') ? 'delete' : 'refund';
        const later = choices.between(5_000, (LASTS_MS + 2 * SKEW_MS) * 1_000, 'later');
        planned.push({ atUs: atUs + later, client: 0, f, key, input: null });
      }
      atUs += choices.between(50_000, 250_000, 'gap');
    }
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

/** Capabilities under a till whose clock is behind by nearly all that is allowed, and then ahead. */
export function refunds(leavesMargin: boolean): Experiment {
  const step = (amount: number, atUs: number) =>
    ({ kind: 'clock-step', host: 'till', amount, atUs, forUs: 0 }) as const;
  return experiment({
    name: 'refunds',
    subject: issuerAndTill(leavesMargin),
    workload: uses,
    faults: [
      exactly([step(-240_000, 600_000), step(480_000, 3_000_000)]),
      swarm({ loss: true, duplication: true }),
    ],
    contract: { grant: any, refund: any, delete: any },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}
