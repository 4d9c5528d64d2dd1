import {
  benOr,
  type BenOrCommand,
  type BenOrMessage,
  type BenOrOptions,
  type BenOrResult,
  type Bit,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory } from '../properties/property.ts';
import { allAgree, type EntriesPast, entryRecorder } from './entryRecorder.ts';

/** A group that decides one bit, to explore: node i is asked to propose the i-th. */
export interface BenOrSystem {
  readonly name: string;
  readonly proposals: readonly Bit[];
  readonly network?: NetworkKind;
  readonly options?: Partial<BenOrOptions>;
}

/** The Ben-Or core itself, explored, whatever the coins show: one decision, which somebody proposed. */
export function benOrSystem(system: BenOrSystem): CoreModel<BenOrMessage, BenOrCommand, BenOrResult> {
  const { name, proposals, network = 'unordered', options = {} } = system;
  const ids = proposals.map((_, i) => i + 1);
  const core = benOr({ ...options, nodes: ids });
  const proposed = proposals.map((value) => encodePlain(value));
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: proposals.map((value, i) => ({ requests: [{ command: { value }, to: i + 1 }] })),
    history: entryRecorder((note, data) =>
      note === 'decided' ? ['bit', (data as { readonly value: Bit }).value] : undefined,
    ),
    properties: [
      ofHistory<EntriesPast>('agreement', allAgree),
      ofHistory<EntriesPast>('validity', (past) =>
        Object.values(past).every((values) => values.every((value) => proposed.includes(value))),
      ),
      ofHistory<EntriesPast>('something is decided', ({ bit }) => bit !== undefined, 'reachable'),
    ],
  };
}
