import { countVoters } from '../byzantine/certificate.ts';
import { digestOf } from '../byzantine/command.ts';
import { copyExecution, type Execution } from '../byzantine/execution.ts';
import type { RecordWrite } from '../core/core.ts';
import type { Checkpoint } from './messages.ts';
import { broadcast, isAuthentic, type PbftNode, signed } from './state.ts';

/** Section 4.3: keeps the state as it is now, and tells everybody its digest. */
export function makeCheckpoint(node: PbftNode): void {
  const { state, out } = node;
  const sequence = state.execution.executed;
  const snapshot = copyExecution(state.execution);
  state.snapshots[sequence] = snapshot;
  const token = out.store([{ key: `snapshot/${sequence}`, value: snapshot }]);
  broadcast(node, ownCheckpoint(node, sequence, snapshot), token);
}

/** What this replica says of its state at a checkpoint. */
export function ownCheckpoint(node: PbftNode, sequence: number, snapshot: Execution): Checkpoint {
  const digest = digestOf(node.config.signer, snapshot);
  return signed<Checkpoint>(node, { type: 'checkpoint', by: node.state.self, sequence, digest });
}

/** Counts what others say of their states: with a quorum the checkpoint is stable, and what came before is history. */
export function heardCheckpoint(node: PbftNode, message: Checkpoint): void {
  const { config, state } = node;
  const { by, sequence } = message;
  const between = sequence > state.stable && sequence <= state.stable + config.logSize;
  if (!between || sequence % config.checkpointEvery !== 0) return;
  const votes = (state.checkpoints[sequence] ??= {});
  if (votes[by] !== undefined || !isAuthentic(node, message)) return;
  votes[by] = message;
  const own = votes[state.self];
  // Without the state itself the proof is of no use yet: this replica is behind, and will be given both.
  if (own === undefined) return;
  const equal = Object.values(votes).filter(({ digest }) => digest === own.digest);
  if (equal.length >= config.quorum) stabilise(node, sequence, equal);
}

/** Whether a quorum says that this is the state at `sequence`. */
export function isProof(
  node: PbftNode,
  sequence: number,
  proof: readonly Checkpoint[],
  digest?: string,
): boolean {
  if (sequence === 0) return proof.length === 0;
  const wanted = digest ?? proof[0]?.digest;
  const fits = (vote: Checkpoint): boolean =>
    vote.sequence === sequence && vote.digest === wanted && isAuthentic(node, vote);
  return countVoters(proof, fits) >= node.config.quorum;
}

/** Garbage collection: the log begins after a stable checkpoint. */
function stabilise(node: PbftNode, sequence: number, proof: readonly Checkpoint[]): void {
  const { state, out } = node;
  state.stable = sequence;
  state.stableProof = proof;
  const writes: RecordWrite[] = [{ key: 'stable', value: { sequence, proof } }];
  const drop = <T>(name: string, records: Record<number, T>, upTo: number): void => {
    for (const key of Object.keys(records).map(Number)) {
      if (key > upTo) continue;
      delete records[key];
      if (name !== '') writes.push({ key: `${name}/${key}`, value: null });
    }
  };
  drop('slot', state.slots, sequence);
  drop('snapshot', state.snapshots, sequence - 1);
  drop('', state.checkpoints, sequence);
  out.store(writes);
  out.note('stable', { sequence });
}

/** Takes over the state at a stable checkpoint: a quorum vouches for its digest, so it does not matter who sends it. Answers whether it did. */
export function adoptState(
  node: PbftNode,
  sequence: number,
  proof: readonly Checkpoint[],
  snapshot: Execution,
): boolean {
  const { config, state, out } = node;
  if (sequence <= state.execution.executed || snapshot.executed !== sequence) return false;
  if (!isProof(node, sequence, proof, digestOf(config.signer, snapshot))) return false;
  const kept = copyExecution(snapshot);
  state.snapshots[sequence] = kept;
  out.store([{ key: `snapshot/${sequence}`, value: kept }]);
  state.execution = copyExecution(kept);
  stabilise(node, sequence, proof);
  return true;
}
