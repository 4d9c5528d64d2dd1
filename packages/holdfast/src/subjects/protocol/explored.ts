import {
  type CoreModel,
  epaxosSystem,
  multiPaxosSystem,
  viewstampedSystem,
  zabSystem,
} from '@holdfast/explore';
import type { LabVariant, ProtocolLab } from '@holdfast/protocols';
import { watchedBy } from '../../exploring/watchedBy.ts';
import type { ExploredPromises, ExploredSubject } from '../../experiment/explored.ts';

type AnySystem = CoreModel<unknown, unknown, unknown>;

/** Protocols whose own promises can be judged in a state: what the explorer's system of the same protocol judges. */
const SYSTEMS: Readonly<Record<string, (nodes: number) => AnySystem>> = {
  epaxos: (nodes) => epaxosSystem({ name: 'epaxos', nodes, asked: [] }) as AnySystem,
  'multi-paxos': (nodes) => multiPaxosSystem({ name: 'multi-paxos', nodes }) as AnySystem,
  viewstamped: (nodes) => viewstampedSystem({ name: 'viewstamped', nodes }) as AnySystem,
  zab: (nodes) => zabSystem({ name: 'zab', nodes }) as AnySystem,
};

/** Promises that depend on what those systems' own clients ask. */
const OF_THEIR_CLIENTS: ReadonlySet<string> = new Set(['validity']);

/** A lab's protocol as exploration takes it. */
export function exploredLab(lab: ProtocolLab, variant: LabVariant): ExploredSubject {
  const core = lab.core(variant);
  const { clients } = lab;
  const own = promisesOf(lab.name, variant.nodes.length);
  const examined = new Set<string>();
  return {
    nodes: variant.nodes.map((id) => ({ id, core })),
    command: (call) => lab.command(call),
    answer(result) {
      const answer = lab.answer(result);
      if (answer.kind === 'done') return answer;
      return { kind: answer.kind === 'unclear' ? 'unclear' : 'refused' };
    },
    oneAnswers: clients.kind === 'one-at-a-time',
    promises: (calls) => own ?? watchedBy(lab, variant, calls, examined),
    ...(own === undefined ? { examined } : {}),
  };
}

function promisesOf(protocol: string, nodes: number): ExploredPromises | undefined {
  const system = SYSTEMS[protocol]?.(nodes);
  if (system === undefined) return undefined;
  const { history, properties = [] } = system;
  return {
    ...(history === undefined ? {} : { recorder: history }),
    properties: properties.filter(({ kind, name }) => kind === 'always' && !OF_THEIR_CLIENTS.has(name)),
  };
}
