import type { NodeId } from '../core/core.ts';
import { failoverIsSafe } from './acknowledge.ts';
import type { ReplicaNode } from './state.ts';

/** The controller begins a new epoch: first nobody may follow the old one, then somebody is appointed. */
export function replace(node: ReplicaNode): void {
  const { config, state, out } = node;
  const { control } = state;
  if (control === null) return;
  if (state.leader !== 0) control.previous = state.leader;
  Object.assign(control, { phase: 'fencing', reports: {}, patient: false });
  state.epoch++;
  state.leader = 0;
  out.note('fencing', { epoch: state.epoch, previous: control.previous });
  storeDecision(node);
  askAll(node);
  out.setTimer('patience', config.watchMs);
}

/** Says again what has not been answered. */
export function askAll(node: ReplicaNode): void {
  const { config, state, out } = node;
  const { control, epoch, leader } = state;
  if (control === null) return;
  const all = [...config.nodes, ...config.observers];
  for (const to of all) {
    if (control.phase === 'watching') out.send(to, { type: 'appoint', epoch, leader }, state.lastStore);
    else if (config.nodes.includes(to)) out.send(to, { type: 'fence', epoch }, state.lastStore);
  }
  if (control.phase === 'fencing') out.setTimer('ask', config.heartbeatMs);
}

/** A node promised the epoch: with enough of them somebody is appointed. */
export function reported(
  node: ReplicaNode,
  from: NodeId,
  report: { readonly epoch: number; readonly lastEpoch: number; readonly last: number },
): void {
  const { state } = node;
  const { control } = state;
  if (control === null || report.epoch !== state.epoch || control.phase !== 'fencing') return;
  control.reports[from] = { lastEpoch: report.lastEpoch, last: report.last };
  decide(node);
}

/** The time for reports is over: a forced failover takes what it has. */
export function impatient(node: ReplicaNode): void {
  const { control } = node.state;
  if (control === null || control.phase !== 'fencing') return;
  control.patient = true;
  decide(node);
}

function decide(node: ReplicaNode): void {
  const { config, state, out } = node;
  const { control } = state;
  if (control === null) return;
  const reporters = Object.keys(control.reports).map(Number);
  if (reporters.length === 0) return;
  const isIn = (id: NodeId): boolean => reporters.includes(id);
  const safe =
    reporters.length === config.nodes.length ||
    failoverIsSafe(config.acknowledge, config, control.previous, isIn);
  const forced = config.failover === 'forced' && control.patient;
  // Broken twin: the first answer is enough.
  if (!safe && !forced && config.defect !== 'picks-any') return;
  const best = reporters.reduce((a, b) => (isAhead(node, b, a) ? b : a));
  Object.assign(control, { phase: 'watching', previous: best });
  state.leader = best;
  out.cancelTimer('ask');
  out.cancelTimer('patience');
  out.note('appointed', { epoch: state.epoch, leader: best, reporters, safe });
  storeDecision(node);
  askAll(node);
  watch(node);
}

/** By the epoch of the last entry, then by length (Raft, section 5.4.1). */
function isAhead({ config, state }: ReplicaNode, a: NodeId, b: NodeId): boolean {
  const [x, y] = [state.control?.reports[a], state.control?.reports[b]];
  if (x === undefined || y === undefined) return false;
  // Broken twin: by length alone.
  if (config.defect === 'picks-by-length') return x.last > y.last;
  return x.lastEpoch > y.lastEpoch || (x.lastEpoch === y.lastEpoch && x.last > y.last);
}

/** The leader was heard. */
export function watch({ config, out }: ReplicaNode): void {
  out.setTimer('watch', config.watchMs, 2 * config.watchMs);
}

/** The decision is durable before anybody hears of it. */
function storeDecision({ state, out }: ReplicaNode): void {
  const value = { epoch: state.epoch, leader: state.leader, previous: state.control?.previous ?? 0 };
  state.lastStore = out.store([{ key: 'decision', value }]);
}
