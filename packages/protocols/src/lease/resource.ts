import { clonePlain } from '@holdfast/plain';
import type { Boot, NodeId, RecordWrite } from '../core/core.ts';
import { clientTable, type Executed, executeOnce } from '../kv/clientTable.ts';
import { kv, type KvOperation } from '../kv/kv.ts';
import type { FencedLeaseConfig } from './config.ts';
import type { LeaseMessage } from './messages.ts';
import type { LeaseNode, ResourceState } from './state.ts';

type Resource = LeaseNode<ResourceState>;
type Open = Extract<LeaseMessage, { readonly type: 'open' }>;
type Call = Extract<LeaseMessage, { readonly type: 'call' }>;

/** What the disk holds in one record, so that no crash comes between a value and the call that wrote it. */
type Data = Pick<ResourceState, 'values' | 'clients' | 'position' | 'last'>;

const NOTHING: Data = {
  values: {},
  clients: clientTable(),
  position: 0,
  last: { token: 0, op: 0, done: { ok: true, value: null } },
};

/** The resource starts with what it has on its disk: data and fence. */
export function bootResource({ self, records }: Boot, { defect }: FencedLeaseConfig): ResourceState {
  const data = clonePlain((records['data'] ?? NOTHING) as Data);
  const fence = (records['fence'] ?? { highest: 0, writer: 0 }) as { highest: number; writer: NodeId };
  // Broken twin: what was refused before the restart is let in after it.
  const { highest, writer } = defect === 'fence-in-memory' ? { highest: 0, writer: 0 } : fence;
  return { role: 'resource', self, highest, writer, ...data, lastStore: 0, trusted: [] };
}

/** Single-writer storage: whoever opens it with a higher token is its writer from now on, and nobody before it. */
export function open(node: Resource, from: NodeId, { token, op }: Open): void {
  const { state, out } = node;
  if (!admits(node, from, token)) return;
  if (!state.trusted.includes(from)) state.trusted.push(from);
  if (token > state.highest) {
    Object.assign(state, { highest: token, writer: from });
    state.lastStore = out.store([{ key: 'fence', value: { highest: token, writer: from } }]);
  }
  // Persist BEFORE send: a fence that a crash undoes fences nobody off, and what is shown must stay.
  out.send(from, { type: 'opened', token, op, values: { ...state.values } }, state.lastStore);
}

/** A command is carried out when it carries the token of the writer. */
export function call(node: Resource, from: NodeId, { token, op, command }: Call): void {
  const { config, state, out } = node;
  const isKnown = config.defect === 'fences-first-write-only' && state.trusted.includes(from);
  // Broken twin: who was let in once is not asked again.
  if (!isKnown && !admits(node, from, token)) return;
  const { last } = state;
  const operation = command.operation as KvOperation;
  const answer = (done: Executed): void => {
    const held = kv.query?.(state.values, { f: 'get', key: operation.key }) ?? null;
    // Persist BEFORE send.
    out.send(from, { type: 'called', token, op, done, held }, state.lastStore);
  };
  // Sent again. Older ones were answered, or their sender would not have gone on.
  if (token === last.token && op <= last.op) {
    if (op === last.op) answer(last.done);
    return;
  }
  out.note('accepted', { token, from, op });
  if (operation.f === 'get') {
    answer({ ok: true, value: kv.query?.(state.values, command.operation) ?? null });
    return;
  }
  const { values: machine, clients } = state;
  const done = executeOnce(kv, { machine, clients }, command, {
    position: ++state.position,
    limit: config.maxClients,
  });
  state.last = { token, op, done };
  store(node, from, token);
  answer(done);
}

function store({ state, out }: Resource, from: NodeId, token: number): void {
  const { values, clients, position, last } = state;
  const writes: RecordWrite[] = [{ key: 'data', value: clonePlain({ values, clients, position, last }) }];
  if (token > state.highest) {
    Object.assign(state, { highest: token, writer: from });
    writes.unshift({ key: 'fence', value: { highest: token, writer: from } });
  }
  state.lastStore = out.store(writes);
}

function admits({ config, state, out }: Resource, from: NodeId, token: number): boolean {
  // Broken twin: nobody asks.
  if (token >= state.highest || config.defect === 'no-fencing') return true;
  out.note('fenced', { token, highest: state.highest, from });
  out.send(from, { type: 'fenced', token, highest: state.highest }, state.lastStore);
  return false;
}
