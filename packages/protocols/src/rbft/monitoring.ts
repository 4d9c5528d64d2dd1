import { countVoters } from '../byzantine/certificate.ts';
import { isSignedBy, nodePrincipal, signAs } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { changeInstances } from './instances.ts';
import { awaitMaster, BEHIND, isOrdered, LATE } from './latency.ts';
import type { InstanceChange } from './messages.ts';
import { type RbftNode, type RbftState, tellOthers } from './state.ts';

/** The timer of a period. */
const MONITOR = 'monitor';

/** A timer of the monitoring went off; false for another. */
export function monitorTimer(node: RbftNode, timer: string): boolean {
  const { state, out } = node;
  if (timer === MONITOR) comparePeriod(node);
  else if (timer.startsWith(LATE)) {
    const key = timer.slice(LATE.length);
    if (!isOrdered(state, key)) suspect(node, 'lambda');
  } else if (timer.startsWith(BEHIND)) {
    const key = timer.slice(BEHIND.length);
    if (isOrdered(state, key)) return true;
    out.note('behind', { change: state.change, key });
    suspect(node, 'omega');
  } else return false;
  return true;
}

/** Begins to compare. */
export function startMonitor({ config, out }: RbftNode): void {
  out.setTimer(MONITOR, config.monitorMs);
}

/** The end of a period: compares shares (Delta), and says again what may have been lost. */
function comparePeriod(node: RbftNode): void {
  const { config, state, out } = node;
  startMonitor(node);
  const [master = 0, ...backups] = state.ordered;
  const average = backups.reduce((sum, count) => sum + count, 0) / Math.max(1, backups.length);
  out.note('period', { change: state.change, master, average });
  if (average >= config.minSample || master >= config.minSample) {
    state.ordered = state.ordered.map(() => 0);
    if (master < config.delta * average) suspect(node, 'delta');
  }
  if (state.complaint !== null) complain(node);
}

/** The master is not what it should be: this node wants other primaries. */
export function suspect(node: RbftNode, complaint: NonNullable<RbftState['complaint']>): void {
  const { config, state } = node;
  // Broken twin: nobody looks.
  if (config.defect === 'no-monitoring' || state.complaint !== null) return;
  state.complaint = complaint;
  complain(node);
}

function complain(node: RbftNode): void {
  const { config, state } = node;
  const { self: by, change } = state;
  const vote = signAs<InstanceChange>(config.signer, nodePrincipal(by), {
    type: 'instance-change',
    by,
    change,
  });
  tellOthers(node, vote);
  heardVote(node, by, vote);
}

/** Counts votes: 2f + 1 nodes that want a change hold f + 1 correct ones that see a bad master (section IV-D). */
export function heardVote(node: RbftNode, from: NodeId, vote: InstanceChange): void {
  const { config, state, out } = node;
  const { by, change } = vote;
  if (from !== by || change < state.change || (state.votes[by]?.change ?? -1) >= change) return;
  if (!isSignedBy(config.signer, nodePrincipal(by), vote)) return;
  state.votes[by] = vote;
  const votes = Object.values(state.votes).filter((other) => other.change === change);
  // Broken twin: one is enough.
  const needed = config.defect === 'changes-on-one-vote' ? 1 : config.quorum;
  if (countVoters(votes, () => true) < needed) return;
  out.note('instance-change', { change, votes });
  changeTo(node, change + 1);
}

/** All instances get the primaries of a change, and the monitoring begins anew. */
export function changeTo(node: RbftNode, change: number): void {
  const { state, out } = node;
  if (change <= state.change) return;
  state.change = change;
  state.complaint = null;
  state.attempts++;
  state.ordered = state.ordered.map(() => 0);
  out.store([{ key: 'change', value: change }]);
  changeInstances(node, change);
  for (const [key, { given }] of Object.entries(state.requests)) {
    out.cancelTimer(`${BEHIND}${key}`);
    if (given) awaitMaster(node, key);
  }
}

/** An instance is in a later view than this node knows of: f + 1 nodes have called for it, so one that is correct has seen the votes. */
export function catchUp(node: RbftNode): void {
  const { state } = node;
  const latest = Math.max(...state.instances.map(({ view }) => view));
  if (latest > state.change) changeTo(node, latest);
}
