import { hashPlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { compareDots } from '../clocks/dot.ts';
import { writeDotted } from '../clocks/dottedVersionVector.ts';
import { mergeVectors, type Vector } from '../clocks/vector.ts';
import { type Cell, EMPTY_CELL, mergeCells, settleConflict } from './cell.ts';
import { homesOf, rangeOf } from './config.ts';
import type { LeaderlessCommand, LeaderlessResult, LeaderlessWrite, OperationName } from './messages.ts';
import {
  absorb,
  cellOf,
  isHome,
  type LeaderlessNode,
  type OpenOperation,
  replaceCell,
  type Waiter,
} from './state.ts';

/** Takes up an operation of a client, or of a node that is no home of the key. */
export function coordinate(node: LeaderlessNode, waiter: Waiter, command: LeaderlessCommand): void {
  const { config, state } = node;
  if (Object.keys(state.operations).length >= config.maxOpen) {
    answer(node, waiter, { ok: false, error: 'too-many-open' });
  } else if (command.kind === 'get') read(node, waiter, command.key);
  else if (isHome(node, command.key)) write(node, waiter, command);
  else passOn(node, waiter, command);
}

function open(
  node: LeaderlessNode,
  waiter: Waiter,
  operation: Pick<OpenOperation, 'kind' | 'key' | 'cell' | 'write'>,
): number {
  const { config, state, out } = node;
  const number = state.nextOperation++;
  const rest = { heard: [], stoodIn: [], digests: {}, answered: false, extended: false };
  state.operations[number] = { ...operation, waiter, ...rest };
  out.setTimer(`operation/${number}`, config.timeoutMs);
  return number;
}

/** Only a home gives a write its name: it holds all its own earlier ones. */
function passOn(node: LeaderlessNode, waiter: Waiter, command: LeaderlessCommand): void {
  const { config, state, out } = node;
  const homes = homesOf(config, rangeOf(config, command.key));
  const to = homes.find((home) => !state.suspected.includes(home)) ?? (homes[0] as NodeId);
  const number = open(node, waiter, { kind: 'passed-on', key: command.key, cell: EMPTY_CELL, write: null });
  state.operations[number]?.heard.push(to);
  out.send(to, { type: 'lead', name: nameOf(node, number), command }, state.lastStore);
}

function write(
  node: LeaderlessNode,
  waiter: Waiter,
  command: Exclude<LeaderlessCommand, { readonly kind: 'get' }>,
): void {
  const { config, state, out } = node;
  const { key } = command;
  const held = cellOf(state, key);
  // Broken twin: what is here is replaced, read or not.
  const ignores = config.defect === 'write-ignores-context' && command.kind === 'put';
  const seen = command.read === 'held' || ignores ? held.context : command.read;
  const made = command.kind === 'put' ? put(node, held, seen, command) : remove(held, seen);
  const { cell, lost } = settleConflict(config, made, held);
  const dot = command.kind === 'put' ? newest(made, held) : null;
  const read = ignores && command.read !== 'held' ? command.read : seen;
  const number = open(node, waiter, { kind: 'write', key, cell, write: { key, dot, read } });
  out.note('write', { key, dot, read } satisfies LeaderlessWrite);
  const durable = state.lastStore;
  replaceCell(node, key, cell, lost);
  state.storing.push({ token: state.lastStore, number });
  // Persist BEFORE send: after a crash another write would get this one's name. Broken twin: at once.
  const after = config.defect === 'sends-before-persist' ? durable : state.lastStore;
  for (const home of homesOf(config, rangeOf(config, key))) {
    if (home === state.self) continue;
    out.send(home, { type: 'store', name: nameOf(node, number), key, cell, home: 0 }, after);
  }
  if (state.lastStore === durable) heardStored(node, state.self, nameOf(node, number), 0);
}

function put(
  { state }: LeaderlessNode,
  held: Cell,
  seen: Vector,
  { value, time }: Extract<LeaderlessCommand, { readonly kind: 'put' }>,
): Cell {
  return writeDotted(held, `N${state.self}`, seen, { value, time });
}

/** A deletion removes what its author had read and makes no version of its own. */
function remove(held: Cell, seen: Vector): Cell {
  const known = (actor: string): number => seen.counters[seen.actors.indexOf(actor)] ?? 0;
  return {
    context: mergeVectors(held.context, seen),
    siblings: held.siblings.filter(([[actor, counter]]) => known(actor) < counter),
  };
}

function newest(made: Cell, held: Cell): readonly [string, number] | null {
  const isNew = ([dot]: Cell['siblings'][number]): boolean =>
    held.siblings.every(([other]) => compareDots(dot, other) !== 0);
  return made.siblings.find(isNew)?.[0] ?? null;
}

function read(node: LeaderlessNode, waiter: Waiter, key: string): void {
  const { config, state, out } = node;
  const number = open(node, waiter, { kind: 'read', key, cell: EMPTY_CELL, write: null });
  out.note('read-begins', { number, life: state.life, key });
  const name = nameOf(node, number);
  for (const home of homesOf(config, rangeOf(config, key))) {
    if (home === state.self) heardFetched(node, home, name, cellOf(state, key));
    else out.send(home, { type: 'fetch', name, key }, state.lastStore);
  }
}

/** A copy is durable: at a home, or at a stand-in for `home`. */
export function heardStored(node: LeaderlessNode, from: NodeId, name: OperationName, home: NodeId): void {
  const { config } = node;
  const operation = found(node, name, 'write');
  if (operation === undefined) return;
  const list = home === 0 ? operation.heard : operation.stoodIn;
  const who = home === 0 ? from : home;
  if (!list.includes(who)) list.push(who);
  const copies = new Set([...operation.heard, ...(config.sloppy ? operation.stoodIn : [])]).size;
  if (copies >= config.w && !operation.answered) {
    operation.answered = true;
    node.out.note('acknowledged', operation.write);
    answer(node, operation.waiter, { ok: true, values: [], context: operation.cell.context });
  }
  if (operation.heard.length === config.n) close(node, name.number);
}

/** A home's answer to a read; all answers are merged, none is believed alone. */
export function heardFetched(node: LeaderlessNode, from: NodeId, name: OperationName, cell: Cell): void {
  const { config, state, out } = node;
  const operation = found(node, name, 'read');
  if (operation === undefined || operation.heard.includes(from)) return;
  operation.heard.push(from);
  operation.digests[from] = hashPlain(cell);
  operation.cell = mergeInto(node, operation.cell, cell);
  if (operation.heard.length >= config.r && !operation.answered) {
    operation.answered = true;
    const { siblings, context } = operation.cell;
    out.note('read', { number: name.number, life: state.life, key: operation.key, cell: operation.cell });
    answer(node, operation.waiter, { ok: true, values: siblings.map(([, { value }]) => value), context });
  }
  if (operation.heard.length === config.n) finishRead(node, name.number);
}

function mergeInto(node: LeaderlessNode, a: Cell, b: Cell): Cell {
  return mergeCells(node.config, a, b).cell;
}

/** Sends what all answers together say to those whose answer said less. */
function finishRead(node: LeaderlessNode, number: number): void {
  const { config, state, out } = node;
  const operation = state.operations[number];
  if (operation === undefined) return;
  close(node, number);
  if (!config.readRepair || !operation.answered) return;
  const { key, cell } = operation;
  const digest = hashPlain(cell);
  for (const home of operation.heard) {
    if (operation.digests[home] === digest) continue;
    state.mended.repairs++;
    if (home === state.self) absorb(node, key, cell);
    else out.send(home, { type: 'repair', key, cell }, state.lastStore);
  }
}

/** The time for answers is over: stand-ins, once, and then no more. */
export function expire(node: LeaderlessNode, number: number): void {
  const { config, state, out } = node;
  const operation = state.operations[number];
  if (operation === undefined) return;
  const homes = homesOf(config, rangeOf(config, operation.key));
  const silent =
    operation.kind === 'passed-on' ? operation.heard : homes.filter((id) => !operation.heard.includes(id));
  for (const id of silent) if (id !== state.self && !state.suspected.includes(id)) state.suspected.push(id);
  if (operation.kind === 'write' && config.sloppy && !operation.extended) {
    operation.extended = true;
    const away = silent.filter((id) => id !== state.self);
    const others = config.nodes.filter((id) => !homes.includes(id));
    away.slice(0, others.length).forEach((home, i) => {
      const to = others[i] as NodeId;
      const { key, cell } = operation;
      out.send(to, { type: 'store', name: nameOf(node, number), key, cell, home }, state.lastStore);
    });
    out.setTimer(`operation/${number}`, config.timeoutMs);
    return;
  }
  if (!operation.answered) {
    operation.answered = true;
    answer(node, operation.waiter, { ok: false, error: 'unavailable' });
    close(node, number);
  } else if (operation.kind === 'read') finishRead(node, number);
  else close(node, number);
}

/** Answers whoever waits, once everything the answer rests on is durable here. */
export function answer({ state, out }: LeaderlessNode, waiter: Waiter, result: LeaderlessResult): void {
  if ('request' in waiter) out.reply(waiter.request, result, state.lastStore);
  else out.send(waiter.node, { type: 'led', name: waiter.name, result }, state.lastStore);
}

/** The home has answered a write that was passed on. */
export function heardLed(node: LeaderlessNode, name: OperationName, result: LeaderlessResult): void {
  const operation = found(node, name, 'passed-on');
  if (operation === undefined) return;
  close(node, name.number);
  answer(node, operation.waiter, result);
}

function found(
  { state }: LeaderlessNode,
  { life, number }: OperationName,
  kind: OpenOperation['kind'],
): OpenOperation | undefined {
  const operation = life === state.life ? state.operations[number] : undefined;
  return operation?.kind === kind ? operation : undefined;
}

function close({ state, out }: LeaderlessNode, number: number): void {
  delete state.operations[number];
  out.cancelTimer(`operation/${number}`);
}

/** The name of one of this node's operations. */
export function nameOf({ state }: LeaderlessNode, number: number): OperationName {
  return { life: state.life, number };
}
