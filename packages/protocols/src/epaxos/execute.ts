import { executeOnce } from '../kv/clientTable.ts';
import { type CommandId, compareIds } from './commandId.ts';
import type { EPaxosNode, Instance } from './state.ts';

interface Walk {
  readonly index: Map<CommandId, number>;
  readonly low: Map<CommandId, number>;
  readonly stack: CommandId[];
  readonly components: CommandId[][];
}

/**
 * Carries out committed commands all of whose dependencies, direct and not, are committed: a strongly connected component of the graph after
 * those it depends on, and inside one in the order of ids (Moraru, Andersen and Kaminsky 2013, section 4.3.2).
 */
export function execute(node: EPaxosNode): void {
  const { config, state } = node;
  const waits = config.defect !== 'executes-without-dependencies';
  const blocked = waits ? blockedCommands(node) : new Set<CommandId>();
  const walk: Walk = { index: new Map(), low: new Map(), stack: [], components: [] };
  for (const id of [...state.ready].sort(compareIds)) {
    if (!blocked.has(id) && !walk.index.has(id)) visit(node, walk, id);
  }
  const arrival = new Map(state.ready.map((id, at) => [id, at]));
  for (const component of walk.components) {
    // Broken twin: another order on another replica.
    if (config.defect === 'breaks-cycles-by-arrival') {
      component.sort((a, b) => (arrival.get(a) ?? 0) - (arrival.get(b) ?? 0));
    } else component.sort(compareIds);
    for (const id of component) carryOut(node, id);
  }
  state.ready = state.ready.filter((id) => state.executed[id] !== true);
}

/** Commands that depend, directly or not, on one that is not committed. */
function blockedCommands({ state }: EPaxosNode): Set<CommandId> {
  const blocked = new Set<CommandId>();
  for (let more = true; more; ) {
    more = false;
    for (const id of state.ready) {
      if (blocked.has(id)) continue;
      const waits = (state.instances[id] as Instance).dependencies.some(
        (other) => blocked.has(other) || state.settled[other] !== true,
      );
      if (!waits) continue;
      blocked.add(id);
      more = true;
    }
  }
  return blocked;
}

/** Tarjan's algorithm: components come out after those they depend on. As deep as chains of commands carried out at once are long. */
function visit(node: EPaxosNode, walk: Walk, id: CommandId): number {
  const { state } = node;
  const { index, low, stack, components } = walk;
  const own = index.size;
  index.set(id, own);
  low.set(id, own);
  stack.push(id);
  let least = own;
  for (const other of (state.instances[id] as Instance).dependencies) {
    if (state.executed[other] === true || state.settled[other] !== true) continue;
    if (!index.has(other)) least = Math.min(least, visit(node, walk, other));
    else if (stack.includes(other)) least = Math.min(least, index.get(other) as number);
  }
  low.set(id, least);
  if (least === own) components.push(stack.splice(stack.indexOf(id)));
  return least;
}

function carryOut(node: EPaxosNode, id: CommandId): void {
  const { config, machine, state, out } = node;
  const { payload } = state.instances[id] as Instance;
  state.executed[id] = true;
  const position = ++state.executedCount;
  out.note('execute', { id, payload });
  const result =
    payload === null
      ? ({ ok: false, error: 'given-up' } as const)
      : executeOnce(machine, state, payload, { position, limit: config.maxClients });
  const request = state.waiting[id];
  if (request !== undefined) out.reply(request, result);
  delete state.waiting[id];
}
