import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { LabAnswer, LabCall, LabLie, LabMonitor, LabVariant } from '../lab/lab.ts';
import { registerOperation } from '../lab/operations.ts';
import type { ByzantineResult, SignedCommand } from './command.ts';
import { signCommand } from './command.ts';
import type { Execution } from './execution.ts';
import { byzantineGroup } from './group.ts';
import type { Lie, Rewriting } from './lies.ts';
import { ByzantineMonitor } from './monitor.ts';
import { simulatedSigner } from './signer.ts';

/** What all laboratories of Byzantine fault tolerant replication watch, in the order of reports. */
export const BYZANTINE_PROMISES = [
  'agreement',
  'validity',
  'commit certificate',
  'executed once',
  'state machine safety',
] as const;

/** The group a laboratory runs: as many liars as its nodes tolerate, one at least, so that a group too small shows what it lacks. */
export function labGroup({ nodes }: Pick<LabVariant, 'nodes'>): ReturnType<typeof byzantineGroup> {
  return byzantineGroup(nodes);
}

/** A client's operation on a register, signed. */
export function labCommand(call: LabCall): SignedCommand {
  return signCommand(simulatedSigner, {
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as unknown as Plain,
  });
}

/** What one node's answer means. */
export function labAnswer(result: ByzantineResult): LabAnswer {
  return result.ok ? { kind: 'done', output: result.value } : { kind: 'redirect', node: 0 };
}

/** The monitor of a group, as the laboratory takes it; a protocol that promises more may add breaches of its own. */
export function labMonitor<S extends { readonly execution: Execution }>(
  variant: LabVariant,
  breaches: Breaches = new Breaches(),
): LabMonitor<S, SignedCommand, ByzantineResult> {
  const monitor = new ByzantineMonitor({ group: labGroup(variant), signer: simulatedSigner });
  const promises: readonly string[] = BYZANTINE_PROMISES;
  let heard = 0;
  const hear = (): void => {
    for (; heard < monitor.violations.length; heard++) {
      const { promise, node, reason } = monitor.violations[heard] as (typeof monitor.violations)[number];
      breaches.add(promise, node, reason);
    }
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitor } },
    examined: (promise) => (promises.includes(promise) ? monitor.examined : breaches.examined(promise)),
    lies: (node) => monitor.liars.add(node),
    noted(node, kind, data): void {
      monitor.note(node, kind, data);
      hear();
    },
    observe(node, { execution }): void {
      monitor.observe(node, execution);
      hear();
    },
  };
}

/** Byzantine behaviours as the laboratory tells them. Each liar answers its clients what is not so. */
export function labLies<M, N extends string>(
  lies: Readonly<Record<N, Lie<M>>>,
  nodes: readonly NodeId[],
  about: Readonly<Record<N, string>>,
): Readonly<Record<string, LabLie<M, ByzantineResult>>> {
  const told = (Object.entries(lies) as [N, Lie<M>][]).map(
    ([name, lie]): [string, LabLie<M, ByzantineResult>] => [
      name,
      {
        about: about[name],
        say(message, { self, to, memory }): readonly M[] {
          const rewriting = (memory['rewriting'] ??= lie({ self, nodes, signer: simulatedSigner }));
          return (rewriting as Rewriting<M>)(to, message);
        },
        answer: (result) => [result.ok ? { ok: true, value: -1 } : result],
      },
    ],
  );
  return Object.fromEntries(told);
}
