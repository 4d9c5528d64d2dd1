import {
  type CoordinationMachineState,
  coordinationMachine,
  type CoordinationOperation,
  type CoordinationResult,
  eventsFrom,
  type RecipeAsk,
} from '@holdfast/protocols';
import { clonePlain, type Plain } from '@holdfast/plain';
import type { SketchMessage, SketchNode, SketchProgram } from '../../subjects/sketch/options.ts';

const MACHINE = coordinationMachine({ keepEvents: 10_000 });

interface Kept {
  state?: CoordinationMachineState;
  /** The last request of each scheduler and its answer: what is asked again is not done again. */
  told?: Record<number, { readonly id: number; readonly result: CoordinationResult }>;
}

interface Watch {
  readonly from: number;
  readonly id: number;
  readonly prefix: string;
  readonly revision: number;
}

const GIVE_UP_MS = 500;

/** The miniature coordination service as one node: it stands for a group that has agreed. Sessions end by its clock. */
export function serviceProgram(node: SketchNode): SketchProgram {
  const kept = node.kept as Kept;
  const state = (kept.state ??= MACHINE.init());
  const told = (kept.told ??= {});
  const renewals = new Map<string, number>();
  let watches: Watch[] = [];

  const changed = (): void => {
    for (const [name, { ttlMs, renewals: count }] of Object.entries(state.sessions)) {
      if (renewals.get(name) === count) continue;
      renewals.set(name, count);
      node.timer(`session/${name}`, ttlMs);
    }
    watches = watches.filter((watch) => !served(watch, false));
  };
  const apply = (operation: CoordinationOperation): CoordinationResult => {
    const value = MACHINE.apply(state, operation as unknown as Plain);
    changed();
    return { ok: true, value, revision: state.revision };
  };
  const answer = (to: number, id: number, result: CoordinationResult): void => {
    told[to] = { id, result };
    node.send(to, { type: 'told', id, result: clonePlain(result) as unknown as Plain });
  };
  const served = ({ from, id, prefix, revision }: Watch, isOver: boolean): boolean => {
    const events = eventsFrom(state, prefix, revision) ?? [];
    if (events.length === 0 && !isOver) return false;
    answer(from, id, { ok: true, events, revision: state.revision });
    return true;
  };
  const asked = (from: number, id: number, ask: RecipeAsk): void => {
    const before = told[from];
    if (before !== undefined && before.id >= id) {
      if (before.id === id) answer(from, id, before.result);
      return;
    }
    if (ask.kind === 'do') {
      answer(from, id, apply(ask.operation));
      return;
    }
    // Asked again while it waits.
    if (watches.some((watch) => watch.from === from && watch.id === id)) return;
    watches = watches.filter((watch) => watch.from !== from);
    const watch = { from, id, prefix: ask.prefix, revision: ask.from };
    if (served(watch, false)) return;
    watches.push(watch);
    node.timer(`watch/${from}`, GIVE_UP_MS);
  };
  return {
    message: (from, message) => {
      if (message.type === 'ask') asked(from, Number(message['id']), message['ask'] as unknown as RecipeAsk);
      if (message.type === 'renew') renew(node, state, from, message, apply);
    },
    timer: (name) => {
      const [what, of = ''] = name.split('/');
      const session = state.sessions[Number(of)];
      if (what === 'session' && session !== undefined)
        apply({ f: 'expire', session: Number(of), renewals: session.renewals });
      if (what === 'watch') {
        const over = watches.filter((watch) => watch.from === Number(of));
        watches = watches.filter((watch) => !over.includes(watch));
        for (const watch of over) served(watch, true);
      }
    },
  };
}

/** A session that is over does not come back: whoever renews it is told. */
function renew(
  node: SketchNode,
  state: CoordinationMachineState,
  from: number,
  message: SketchMessage,
  apply: (operation: CoordinationOperation) => CoordinationResult,
): void {
  const session = Number(message['session']);
  const there = state.sessions[session];
  if (there !== undefined) apply({ f: 'keep-alive', session, ttlMs: there.ttlMs });
  node.send(from, { type: there === undefined ? 'gone' : 'renewed', session });
}
