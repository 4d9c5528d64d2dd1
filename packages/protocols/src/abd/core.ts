import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import {
  type AbdCommand,
  type AbdConfig,
  abdConfig,
  type AbdMessage,
  type AbdNode,
  type AbdOperation,
  type AbdOptions,
  type AbdResult,
  type AbdState,
  compareTags,
  NOTHING,
  type PhaseName,
  type Tagged,
} from './state.ts';

/**
 * ABD registers: linearizable reads and writes from majorities, without a leader or consensus (Attiya, Bar-Noy and Dolev 1995; several writers
 * after Lynch and Shvartsman 1997). A write asks a majority for the latest tag and stores a later one at a majority; a read asks, and
 * stores what it returns before it returns it. Wait-free while a majority is up. Throws `ReplicationOptionsError`.
 */
export function abd(options: AbdOptions): Core<AbdState, AbdMessage, AbdCommand, AbdResult> {
  const config = abdConfig(options);
  return {
    name: 'abd',
    boot(boot, out): AbdState {
      const state = bootState(boot, config);
      state.lastStore = out.store([{ key: 'life', value: state.life }]);
      return state;
    },
    step(state, event, out): void {
      const node: AbdNode = { config, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') begin(node, event.id, event.command);
      else if (event.kind === 'timer') again(node, Number(event.timer.slice('phase/'.length)));
      else {
        while (state.storing[0] !== undefined && state.storing[0].token <= event.token) {
          const { phase } = state.storing.shift() as { readonly phase: number };
          updated(node, state.self, { life: state.life, phase });
        }
      }
    },
    messageType: (message): string => (message.type[0]?.toUpperCase() ?? '') + message.type.slice(1),
    view: abdView,
  };
}

function begin(node: AbdNode, request: number, command: AbdCommand): void {
  const { config, state, out } = node;
  const writer = config.writer ?? 0;
  if (command.f === 'write' && writer !== 0 && writer !== state.self) {
    out.reply(request, { ok: false, error: 'not-the-writer', writer });
  } else if (Object.keys(state.operations).length >= config.maxOpen) {
    out.reply(request, { ok: false, error: 'too-many-open', writer });
  } else {
    const operation: AbdOperation = { request, command, phase: 'query', heard: [], held: NOTHING };
    // The only writer knows the latest tag. Broken twin: every writer thinks so.
    if (command.f === 'write' && (writer !== 0 || config.defect === 'no-query')) spread(node, operation);
    else ask(node, operation);
  }
}

/** First phase: what does a majority hold? */
function ask(node: AbdNode, operation: AbdOperation): void {
  const { state, out } = node;
  const phase = open(node, operation);
  const { key } = operation.command;
  const name = { life: state.life, phase };
  for (const to of others(node)) out.send(to, { type: 'query', name, key }, state.lastStore);
  holds(node, state.self, name, heldAt(state, key));
}

/** Second phase: a majority stores the value. */
function spread(node: AbdNode, operation: AbdOperation): void {
  const { config, state, out } = node;
  const { command } = operation;
  const { key } = command;
  operation.phase = 'update';
  operation.heard = [];
  const writes = [];
  if (command.f === 'write') {
    const used = config.defect === 'forgets-tags' ? 0 : (state.used[key] ?? 0);
    const counter = Math.max(operation.held.tag.counter, used) + 1;
    state.used[key] = counter;
    // Broken twin: whoever writes, the tag is the same.
    const writer = config.defect === 'tags-without-writer' ? 0 : state.self;
    operation.held = { tag: { counter, writer }, value: command.value };
    out.note('write', { key, ...operation.held });
    writes.push({ key: `used/${key}`, value: counter });
  }
  const phase = open(node, operation);
  keep(node, key, operation.held);
  writes.push({ key: `value/${key}`, value: heldAt(state, key) });
  // Persist BEFORE send: after a crash the tag must not be used again.
  const before = state.lastStore;
  state.lastStore = out.store(writes);
  state.storing.push({ token: state.lastStore, phase });
  const after = config.defect === 'forgets-tags' ? before : state.lastStore;
  const message = { type: 'update', name: { life: state.life, phase }, key, held: operation.held } as const;
  for (const to of others(node)) out.send(to, message, after);
}

function open({ config, state, out }: AbdNode, operation: AbdOperation): number {
  const phase = state.nextPhase++;
  state.operations[phase] = operation;
  out.setTimer(`phase/${phase}`, config.retryMs);
  return phase;
}

/** Answers are missing: ask those again who have not answered. */
function again(node: AbdNode, phase: number): void {
  const { config, state, out } = node;
  const operation = state.operations[phase];
  if (operation === undefined) return;
  const { key } = operation.command;
  const name = { life: state.life, phase };
  for (const to of others(node)) {
    if (operation.heard.includes(to)) continue;
    if (operation.phase === 'query') out.send(to, { type: 'query', name, key }, state.lastStore);
    else out.send(to, { type: 'update', name, key, held: operation.held }, state.lastStore);
  }
  out.setTimer(`phase/${phase}`, config.retryMs);
}

function receive(node: AbdNode, from: NodeId, message: AbdMessage): void {
  const { config, state, out } = node;
  switch (message.type) {
    case 'query': {
      const held = heldAt(state, message.key);
      // What is not durable here must not be seen: it could be gone and named again.
      out.send(from, { type: 'holds', name: message.name, held }, state.lastStore);
      break;
    }
    case 'holds':
      holds(node, from, message.name, message.held);
      break;
    case 'update': {
      if (keep(node, message.key, message.held)) {
        const key = `value/${message.key}`;
        state.lastStore = out.store([{ key, value: heldAt(state, message.key) }]);
      }
      // Persist BEFORE send. Broken twin: what is in memory counts.
      const after = config.defect === 'acks-before-fsync' ? 0 : state.lastStore;
      out.send(from, { type: 'updated', name: message.name }, after);
      break;
    }
    case 'updated':
      updated(node, from, message.name);
      break;
  }
}

function holds(node: AbdNode, from: NodeId, name: PhaseName, held: Tagged): void {
  const operation = heard(node, from, name, 'query');
  if (operation === undefined) return;
  if (compareTags(held.tag, operation.held.tag) > 0) operation.held = held;
  if (operation.heard.length < node.config.majority) return;
  close(node, name.phase);
  // Write back: the next reader must not see less. Broken twin: this reader is content.
  if (operation.command.f === 'read' && node.config.defect === 'no-write-back') finish(node, operation);
  else spread(node, operation);
}

function updated(node: AbdNode, from: NodeId, name: PhaseName): void {
  const operation = heard(node, from, name, 'update');
  if (operation === undefined || operation.heard.length < node.config.majority) return;
  close(node, name.phase);
  finish(node, operation);
}

function finish({ out }: AbdNode, { request, command, held }: AbdOperation): void {
  out.note(command.f === 'read' ? 'read' : 'written', { key: command.key, tag: held.tag });
  out.reply(request, { ok: true, value: command.f === 'read' ? held.value : null });
}

function heard(
  { state }: AbdNode,
  from: NodeId,
  { life, phase }: PhaseName,
  expected: AbdOperation['phase'],
): AbdOperation | undefined {
  const operation = life === state.life ? state.operations[phase] : undefined;
  if (operation === undefined || operation.phase !== expected || operation.heard.includes(from))
    return undefined;
  operation.heard.push(from);
  return operation;
}

function close({ state, out }: AbdNode, phase: number): void {
  delete state.operations[phase];
  out.cancelTimer(`phase/${phase}`);
}

function keep({ state }: AbdNode, key: string, held: Tagged): boolean {
  if (compareTags(held.tag, heldAt(state, key).tag) <= 0) return false;
  state.values[key] = held;
  return true;
}

function heldAt({ values }: AbdState, key: string): Tagged {
  return Object.hasOwn(values, key) ? (values[key] ?? NOTHING) : NOTHING;
}

function others({ config, state }: AbdNode): NodeId[] {
  return config.nodes.filter((id) => id !== state.self);
}

function bootState({ self, records }: Boot, { defect }: AbdConfig): AbdState {
  // Broken twin: the disk was lost, the name kept.
  const found = defect === 'forgets-on-restart' ? {} : records;
  const under = (prefix: string): [string, unknown][] =>
    Object.entries(found)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]);
  return {
    self,
    life: ((records['life'] as number | undefined) ?? 0) + 1,
    nextPhase: 1,
    values: Object.fromEntries(under('value/')) as AbdState['values'],
    used: defect === 'forgets-tags' ? {} : (Object.fromEntries(under('used/')) as AbdState['used']),
    operations: {},
    lastStore: 0,
    storing: [],
  };
}

/** What observers see of a node: registers held, operations open. */
export function abdView(state: AbdState): NodeView {
  return { keys: Object.keys(state.values).length, open: Object.keys(state.operations).length };
}
