import type { NodeId } from '../core/core.ts';
import { absorb, isOutdated } from './crashes.ts';
import type { DoViewChange, ViewstampedMessage } from './messages.ts';
import {
  abandonRequests,
  awaitPrimary,
  commitTo,
  enterNormal,
  primaryOf,
  tellOthers,
  type ViewstampedNode,
} from './state.ts';
import { acknowledge } from './transfer.ts';

type Message<T extends ViewstampedMessage['type']> = Extract<ViewstampedMessage, { readonly type: T }>;

/** Section 4.2, step 1: leaves its view, and says so to all. It will never help an earlier view again. */
export function beginViewChange(node: ViewstampedNode, view: number): void {
  const { state, out } = node;
  abandonRequests(node);
  state.status = 'view-change';
  state.leads = false;
  state.view = view;
  state.early = {};
  state.startViewChanges = {};
  state.doViewChanges = {};
  state.saidDoViewChange = false;
  out.cancelTimer('commit');
  awaitPrimary(node);
  out.note('view-change', { view });
  tellOthers(node, { type: 'start-view-change', view, crashes: { ...state.crashes } });
  sayDoViewChange(node);
}

/** Step 2: with f others that left, this replica tells the next primary what it has. */
export function startViewChange(
  node: ViewstampedNode,
  from: NodeId,
  { view, crashes }: Message<'start-view-change'>,
): void {
  const { state } = node;
  if (!comesInTime(node, from, view, crashes)) return;
  state.startViewChanges[from] = crashes[from] ?? 0;
  sayDoViewChange(node);
}

/** Step 3, at the next primary. */
export function doViewChange(node: ViewstampedNode, from: NodeId, message: DoViewChange): void {
  const { config, state } = node;
  if (primaryOf(config, message.view) !== state.self) return;
  if (!comesInTime(node, from, message.view, message.crashes)) return;
  state.doViewChanges[from] = message;
  startView(node);
}

/** Whether a word about a view change counts here; joins the change if it is to a later view than its own. */
function comesInTime(
  node: ViewstampedNode,
  from: NodeId,
  view: number,
  crashes: Message<'start-view-change'>['crashes'],
): boolean {
  const { state, out } = node;
  if (isOutdated(node, from, crashes)) return false;
  absorb(node, crashes);
  if (view < state.view) return false;
  if (view > state.view) beginViewChange(node, view);
  else if (state.status === 'normal') {
    // The change is over and the sender has not heard of it.
    if (state.leads) out.send(from, startViewMessage(node));
    return false;
  }
  return true;
}

function sayDoViewChange(node: ViewstampedNode): void {
  const { config, state, out } = node;
  if (state.saidDoViewChange || Object.keys(state.startViewChanges).length < config.quorum - 1) return;
  state.saidDoViewChange = true;
  // Broken twin: the log looks newer than it is.
  const lastNormal = config.defect === 'current-view-as-normal' ? state.view : state.lastNormal;
  const message: DoViewChange = {
    type: 'do-view-change',
    view: state.view,
    lastNormal,
    log: [...state.log],
    commit: state.commit,
    crashes: { ...state.crashes },
  };
  const to = primaryOf(config, state.view);
  if (to !== state.self) {
    out.send(to, message);
    return;
  }
  state.doViewChanges[state.self] = message;
  startView(node);
}

/** With f + 1 reports, its own among them, the log of the latest normal view is the log of the new one; of those, the longest. */
function startView(node: ViewstampedNode): void {
  const { config, state } = node;
  const reports = Object.values(state.doViewChanges);
  if (reports.length < config.quorum || state.doViewChanges[state.self] === undefined) return;
  const best = reports.reduce((a, b) => (isBetter(node, b, a) ? b : a));
  state.log = [...best.log];
  enterNormal(node, state.view);
  tellOthers(node, startViewMessage(node));
  commitTo(node, Math.max(...reports.map(({ commit }) => commit)));
}

function isBetter({ config }: ViewstampedNode, a: DoViewChange, b: DoViewChange): boolean {
  // Broken twin: length alone.
  if (config.defect !== 'longest-log-wins' && a.lastNormal !== b.lastNormal)
    return a.lastNormal > b.lastNormal;
  return a.log.length > b.log.length;
}

function startViewMessage({ state }: ViewstampedNode): ViewstampedMessage {
  return { type: 'start-view', view: state.view, log: [...state.log], commit: state.commit };
}

/** Steps 4 and 5: the new view's log replaces the replica's own. */
export function hearStartView(node: ViewstampedNode, from: NodeId, message: Message<'start-view'>): void {
  const { config, state } = node;
  const { view, log, commit } = message;
  if (from !== primaryOf(config, view) || view < state.view) return;
  if (view === state.view && state.status === 'normal') return;
  abandonRequests(node);
  state.log = [...log];
  enterNormal(node, view);
  commitTo(node, commit);
  acknowledge(node, from);
}
