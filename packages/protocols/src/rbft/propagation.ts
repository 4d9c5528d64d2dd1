import { commandKey, isGenuine, type SignedCommand } from '../byzantine/command.ts';
import { isExecuted } from '../byzantine/desk.ts';
import type { NodeId, RequestId } from '../core/core.ts';
import type { PrePrepare } from '../pbft/messages.ts';
import { MASTER } from './config.ts';
import { stepInstance } from './instances.ts';
import { awaitMaster, BEHIND, LATE } from './latency.ts';
import { type Propagated, type RbftNode, tellOthers } from './state.ts';

/** A client asks this node, which tells everybody (section IV-B, steps 1 and 2). */
export function request(node: RbftNode, id: RequestId, command: SignedCommand): void {
  const { config, state } = node;
  const known = isExecuted(state.execution, command) || !isGenuine(config.signer, command);
  const held = known ? undefined : hold(node, command);
  // The master's desk knows what to say to that.
  if (held === undefined) stepInstance(node, MASTER, { kind: 'request', id, command });
  else if (held.given) {
    tellOthers(node, { type: 'propagate', command });
    stepInstance(node, MASTER, { kind: 'request', id, command });
  } else {
    held.waiting.push(id);
    tellOthers(node, { type: 'propagate', command });
    heardFrom(node, state.self, held);
  }
}

/** Another node passes a request on. What this node hears for the first time it passes on too. */
export function propagated(node: RbftNode, from: NodeId, command: SignedCommand): void {
  const { config, state } = node;
  if (isExecuted(state.execution, command) || !isGenuine(config.signer, command)) return;
  const held = hold(node, command);
  if (held === undefined) return;
  if (!held.heard.includes(state.self)) {
    tellOthers(node, { type: 'propagate', command });
    heardFrom(node, state.self, held);
  }
  heardFrom(node, from, held);
}

function hold({ config, state }: RbftNode, command: SignedCommand): Propagated | undefined {
  const key = commandKey(command);
  const known = state.requests[key];
  if (known !== undefined) return known;
  if (Object.keys(state.requests).length >= config.maxPending) return undefined;
  return (state.requests[key] = { command, heard: [], waiting: [], given: false });
}

/** f + 1 nodes have it, so all correct ones will: the instances may order it (step 3). */
function heardFrom(node: RbftNode, from: NodeId, held: Propagated): void {
  const { config, state } = node;
  if (!held.heard.includes(from)) held.heard.push(from);
  if (held.given || held.heard.length <= config.faulty) return;
  held.given = true;
  const { command, waiting } = held;
  held.waiting = [];
  awaitMaster(node, commandKey(command));
  for (const instance of state.instances.keys()) {
    if (instance !== MASTER || waiting.length === 0) {
      const message = { type: 'request', command } as const;
      stepInstance(node, instance, { kind: 'message', from: state.self, message });
    } else for (const id of waiting) stepInstance(node, MASTER, { kind: 'request', id, command });
  }
  for (const [place, prePrepare] of Object.entries(state.parked)) {
    if (prePrepare.command === null || commandKey(prePrepare.command) !== commandKey(command)) continue;
    delete state.parked[place];
    const [instance = 0] = place.split('/').map(Number);
    stepInstance(node, instance, { kind: 'message', from: prePrepare.by, message: prePrepare });
  }
}

/** A primary proposes: kept until the instances have the request, or its instance would look faster than it is (step 4). */
export function proposed(node: RbftNode, instance: number, from: NodeId, prePrepare: PrePrepare): void {
  const { config, state } = node;
  const { command, sequence } = prePrepare;
  const isReady =
    command === null ||
    isExecuted(state.execution, command) ||
    state.requests[commandKey(command)]?.given === true;
  const own = config.instances[instance];
  const stable = state.instances[instance]?.stable ?? 0;
  if (isReady) stepInstance(node, instance, { kind: 'message', from, message: prePrepare });
  else if (own !== undefined && sequence > stable && sequence <= stable + own.logSize) {
    state.parked[`${instance}/${sequence}`] = prePrepare;
  }
}

/** Forgets requests that are carried out. */
export function forgetExecuted(node: RbftNode): void {
  const { state, out } = node;
  for (const [key, { command, waiting }] of Object.entries(state.requests)) {
    if (!isExecuted(state.execution, command)) continue;
    delete state.requests[key];
    out.cancelTimer(`${LATE}${key}`);
    out.cancelTimer(`${BEHIND}${key}`);
    // Carried out before it was given: the master's desk has the answer.
    for (const id of waiting) stepInstance(node, MASTER, { kind: 'request', id, command });
  }
}
