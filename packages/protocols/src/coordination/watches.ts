import type { Outbox } from '../core/core.ts';
import type { CoordinationConfig } from './config.ts';
import type { CoordinationEvent, CoordinationMachineState } from './store.ts';
import {
  type CoordinationMessage,
  type CoordinationResult,
  type CoordinationState,
  machineOf,
  type OpenWatch,
} from './state.ts';

type Out = Outbox<CoordinationMessage, CoordinationResult>;

/** One node of the service, for the length of one step. */
export interface CoordinationNode {
  readonly config: CoordinationConfig;
  readonly state: CoordinationState;
  readonly out: Out;
}

/** Events of keys with a prefix from a revision on, in order; `undefined` where some of them are forgotten. */
export function eventsFrom(
  { events, compacted }: CoordinationMachineState,
  prefix: string,
  from: number,
): readonly CoordinationEvent[] | undefined {
  if (from <= compacted) return undefined;
  return events.filter(({ revision, key }) => revision >= from && key.startsWith(prefix));
}

/** A client's watch: answered at once where there is something to tell, or kept. */
export function openWatch(node: CoordinationNode, asked: OpenWatch): void {
  const { config, state, out } = node;
  const { revision } = machineOf(state);
  // Broken twin: whoever comes back is new here.
  const forgets = config.defect === 'misses-after-reconnect' && asked.from <= revision;
  const watch = forgets ? { ...asked, from: revision + 1 } : asked;
  if (answer(node, watch)) return;
  if (state.watches.length >= config.maxWatches) {
    out.reply(watch.request, { ok: false, error: 'busy', leader: 0 });
    return;
  }
  state.watches.push(watch);
  out.setTimer(`watch/${watch.request}`, config.watchMs);
}

/** Answers what can be answered of the watches that wait. */
export function serveWatches(node: CoordinationNode): void {
  const { state, out } = node;
  if (state.watches.length === 0) return;
  state.watches = state.watches.filter((watch) => {
    const isDone = answer(node, watch);
    if (isDone) out.cancelTimer(`watch/${watch.request}`);
    return !isDone;
  });
}

/** A watch has waited long enough: the client hears how far this node has come, which may be less than it asked for, and asks again. */
export function watchOver({ state, out }: CoordinationNode, request: number): void {
  const watch = state.watches.find((other) => other.request === request);
  if (watch === undefined) return;
  state.watches = state.watches.filter((other) => other !== watch);
  const { revision } = machineOf(state);
  out.reply(request, { ok: true, events: [], revision });
}

function answer({ config, state, out }: CoordinationNode, { request, prefix, from }: OpenWatch): boolean {
  const machine = machineOf(state);
  const { revision, compacted } = machine;
  const { defect } = config;
  // Broken twins: what is left will do; what is not there yet was there before.
  const start =
    (defect === 'serves-compacted' && from <= compacted) ||
    (defect === 'answers-future-watch' && from > revision)
      ? compacted + 1
      : from;
  const events = eventsFrom(machine, prefix, start);
  if (events === undefined) {
    out.reply(request, { ok: false, error: 'compacted', compacted, revision });
    return true;
  }
  // Broken twin: what is gone is gone.
  const told = defect === 'drops-deletes' ? events.filter(({ value }) => value !== null) : events;
  if (told.length === 0) return false;
  out.reply(request, { ok: true, events: told, revision });
  return true;
}
