import {
  type ClientMessage,
  guarded,
  type LabLie,
  type LabVariant,
  type LieContext,
  type ProtocolLab,
} from '@holdfast/protocols';
import { type Host, linkPolicy, type Rewrite } from '@holdfast/world';
import { ExperimentError } from '../../experiment/errors.ts';
import type { ExploredSubject } from '../../experiment/explored.ts';
import type { Subject } from '../../experiment/subject.ts';
import { labClient } from './clients.ts';
import { exploredLab } from './explored.ts';
import { RunningLab } from './running.ts';

/** Largest group of one world. */
const MAX_NODES = 10_000;

/** How a lab's protocol is run. */
export interface ProtocolOptions {
  /** A broken twin, by name; the correct protocol when left out. */
  readonly defect?: string | undefined;
  /** Size of the group: its nodes are 1..n. Default: the lab's own. */
  readonly nodes?: number;
  /** Options of the protocol, by their own names. */
  readonly options?: LabVariant['options'];
  /** Executes every step twice and compares: catches state hidden outside `state`, at half the speed. Default false. */
  readonly guard?: boolean;
}

/** A protocol of the library as a subject: its nodes, its clients and its monitor. */
export function protocol(lab: ProtocolLab, options: ProtocolOptions = {}): Subject {
  const { defect, guard = false } = options;
  const broken = lab.defects.find(({ name }) => name === defect);
  if (defect !== undefined && broken === undefined) {
    throw new ExperimentError(
      `${lab.name}.defect`,
      `is unknown: current value is '${defect}'`,
      `choose one of ${lab.defects.map(({ name }) => name).join(', ')}`,
    );
  }
  const size = options.nodes ?? lab.nodes.length;
  const fewest = Math.min(lab.fewestNodes ?? lab.nodes.length, lab.nodes.length);
  if (!Number.isInteger(size) || size < 1 || size > MAX_NODES) {
    throw new ExperimentError(
      `${lab.name}.nodes`,
      `must be a whole number from 1 to ${MAX_NODES}: current value is ${size}`,
      'choose a size',
    );
  }
  const nodes = Array.from({ length: size }, (_, i) => i + 1);
  const variant: LabVariant = { nodes, defect, options: options.options ?? {} };
  const plain = lab.core(variant);
  const core = guard ? guarded(plain) : plain;
  const client = labClient(lab, nodes);
  return {
    name: `${lab.name} on ${size} nodes${defect === undefined ? '' : ` (${defect})`}`,
    nodes: nodes.map((node) => `N${node}`),
    failureModels: [...lab.survives, ...(broken?.withdraws ?? [])],
    operations: lab.operations.map(({ f }) => f),
    promises: lab.promises,
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: (payload) => {
      const { kind } = payload as Partial<ClientMessage<unknown, unknown>>;
      if (kind === 'call') return 'Call';
      return kind === 'answer' ? 'Answer' : core.messageType(payload);
    },
    ...(lab.onSuspend === undefined ? {} : { onSuspend: lab.onSuspend(variant) }),
    lies: Object.fromEntries(Object.entries(lab.lies ?? {}).map(([name, lie]) => [name, told(lie, size)])),
    ...(lab.dependsOnDurations === true
      ? {}
      : {
          explored: (asked: number): ExploredSubject | undefined =>
            asked >= fewest && asked <= size
              ? exploredLab(lab, { ...variant, nodes: nodes.slice(0, asked) })
              : undefined,
        }),
    resized: (smaller) =>
      smaller >= fewest && smaller < size ? protocol(lab, { ...options, nodes: smaller }) : undefined,
    start: (context) => new RunningLab(context, { lab, variant, core, client }),
  };
}

/** A lie of the lab as the world tells it. */
function told(lie: LabLie<unknown, unknown>, servers: number): (host: Host) => Rewrite {
  return (host) => {
    const memory: Record<string, unknown> = {};
    return (to, payload) =>
      tell(lie, servers, payload, {
        self: host.id + 1,
        to: to + 1,
        memory,
        choose: (label: string, among: number): number => host.choices.below(among, label),
      });
  };
}

function tell(
  lie: LabLie<unknown, unknown>,
  servers: number,
  payload: unknown,
  context: LieContext,
): readonly unknown[] {
  if (context.to <= servers) return lie.say(payload, context);
  const answer = payload as ClientMessage<unknown, unknown>;
  if (answer.kind !== 'answer' || lie.answer === undefined) return [payload];
  return lie.answer(answer.result, context).map((result) => ({ ...answer, result }));
}
