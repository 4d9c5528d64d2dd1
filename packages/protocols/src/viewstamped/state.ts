import { hashPlain, type Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import { type ClientCommand, type ClientTable, type Executed, executeOnce } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import type { ViewstampedConfig } from './config.ts';
import type { DoViewChange, RecoveryResponse, ViewstampedMessage } from './messages.ts';

/**
 * What a client hears. After `view-changed` the outcome is unknown; after the other errors the command certainly had no effect
 * by this request.
 */
export type ViewstampedResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'not-primary'; readonly primary: NodeId }
  | {
      readonly ok: false;
      readonly error: 'not-normal' | 'view-changed' | 'too-many-open' | 'stale-sequence';
    };

/** `starting`: the very first start is not yet on disk. The others are the paper's. */
export type ViewstampedStatus = 'starting' | 'normal' | 'view-change' | 'recovering';

/** A replica's whole state: plain data. */
export interface ViewstampedState {
  readonly self: NodeId;
  status: ViewstampedStatus;
  /** How often this replica has started, this time included. */
  readonly incarnation: number;
  /** The store of the number of this start; 0 once it is durable. */
  startToken: StoreToken;
  view: number;
  /** It leads its view, and is normal in it. */
  leads: boolean;
  /** The last view in which the status was normal. */
  lastNormal: number;
  /** The operation numbered n is at n - 1. */
  log: ClientCommand[];
  /** All operations up to here are committed and carried out. */
  commit: number;
  /** A hash of all that was carried out, in order. */
  digest: number;
  machine: unknown;
  clients: ClientTable;
  /** Backup: operations that arrived before an earlier one. */
  early: Record<number, ClientCommand>;
  /** Primary: the highest operation each backup has, all earlier ones included. */
  prepared: Record<NodeId, number>;
  /** Primary: requests to answer once the operation is carried out. */
  waiting: Record<number, RequestId[]>;
  /** View change: who wants the view, and in which of its incarnations it said so. */
  startViewChanges: Record<NodeId, number>;
  /** The next primary's. */
  doViewChanges: Record<NodeId, DoViewChange>;
  saidDoViewChange: boolean;
  /** Recovering. */
  responses: Record<NodeId, RecoveryResponse>;
  /** Which start of each replica this one knows of. */
  crashes: Record<NodeId, number>;
}

/** One replica, for the length of one step. */
export interface ViewstampedNode {
  readonly config: ViewstampedConfig;
  readonly machine: Machine;
  readonly state: ViewstampedState;
  readonly out: Outbox<ViewstampedMessage, ViewstampedResult>;
}

/** The primary of a view: replicas take turns (section 4). */
export function primaryOf({ nodes }: Pick<ViewstampedConfig, 'nodes'>, view: number): NodeId {
  return nodes[view % nodes.length] as NodeId;
}

/** Sends to all other replicas. */
export function tellOthers({ config, state, out }: ViewstampedNode, message: ViewstampedMessage): void {
  for (const to of config.nodes) if (to !== state.self) out.send(to, message);
}

/** Carries out what is committed as far as the log reaches, and answers who waits. */
export function commitTo(node: ViewstampedNode, commit: number): void {
  const { config, machine, state, out } = node;
  const last = Math.min(commit, state.log.length);
  while (state.commit < last) {
    const op = ++state.commit;
    const request = state.log[op - 1] as ClientCommand;
    state.digest = hashPlain([state.digest, op, request]);
    out.note('execute', { op, request, view: state.view });
    // Broken twin: who asked before is not remembered.
    const command = config.defect === 'no-client-table' ? { ...request, client: 0 } : request;
    const result = executeOnce(machine, state, command, { position: op, limit: config.maxClients });
    answer(node, op, result);
  }
}

function answer({ state, out }: ViewstampedNode, op: number, result: Executed): void {
  for (const id of state.waiting[op] ?? []) out.reply(id, result);
  delete state.waiting[op];
}

/** The replica is normal in a view: as its primary, or waiting to hear from it. */
export function enterNormal(node: ViewstampedNode, view: number): void {
  const { config, state, out } = node;
  state.status = 'normal';
  state.view = view;
  state.lastNormal = view;
  state.leads = primaryOf(config, view) === state.self;
  state.early = {};
  state.prepared = {};
  state.startViewChanges = {};
  state.doViewChanges = {};
  state.responses = {};
  out.cancelTimer('recovery');
  if (state.leads) {
    out.cancelTimer('view-change');
    out.setTimer('commit', config.commitMs);
  } else {
    out.cancelTimer('commit');
    awaitPrimary(node);
  }
  out.note('view', { view, leads: state.leads });
}

/** A backup waits so long for its primary, and any replica for a view change to end. */
export function awaitPrimary({ config, out }: ViewstampedNode): void {
  out.setTimer('view-change', config.viewChangeMs, config.viewChangeMs * 2);
}

/** What it led, it leads no more: the outcome of what is not committed is unknown to whoever waits. */
export function abandonRequests({ state, out }: ViewstampedNode): void {
  for (const ids of Object.values(state.waiting)) {
    for (const id of ids) out.reply(id, { ok: false, error: 'view-changed' });
  }
  state.waiting = {};
}
