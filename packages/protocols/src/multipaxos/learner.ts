import { hashPlain, type Plain } from '@holdfast/plain';
import type { SlotEntry } from './messages.ts';
import type { MultiPaxosNode, MultiPaxosResult } from './state.ts';

/** A slot is chosen: what follows without a gap is carried out. The first choice stands; another one is for monitors to see. */
export function learn(node: MultiPaxosNode, slot: number, entry: SlotEntry): void {
  const { config, state, out } = node;
  out.note('chosen', { slot, entry });
  if (state.chosen[slot] !== undefined) return;
  state.chosen[slot] = entry;
  state.chosenMax = Math.max(state.chosenMax, slot);
  while (state.chosen[state.chosenTo + 1] !== undefined) state.chosenTo++;
  // Broken twin: whatever is chosen is carried out, over a gap.
  const last = config.defect === 'executes-past-gap' ? state.chosenMax : state.chosenTo;
  for (let next = state.executed + 1; next <= last; next++) {
    const chosen = state.chosen[next];
    if (chosen !== undefined) execute(node, next, chosen);
  }
}

function execute(node: MultiPaxosNode, slot: number, entry: SlotEntry): void {
  const { state, out } = node;
  state.executed = slot;
  state.digest = hashPlain([state.digest, slot, entry]);
  const result = entry === null ? null : applyOnce(node, slot, entry);
  const id = state.waiting[slot];
  if (id === undefined || result === null) return;
  delete state.waiting[slot];
  out.reply(id, result);
}

/** A repeated sequence of a client answers what it answered the first time, an older one is refused. */
function applyOnce(
  { config, machine, state }: MultiPaxosNode,
  slot: number,
  { client, sequence, operation }: NonNullable<SlotEntry>,
): MultiPaxosResult {
  const session = client === 0 ? undefined : state.sessions[client];
  if (session?.sequence === sequence) return { ok: true, value: session.result };
  if (session !== undefined && sequence < session.sequence) return { ok: false, error: 'stale-sequence' };
  const value: Plain = machine.apply(state.machine, operation);
  if (client === 0) return { ok: true, value };
  if (session === undefined) state.sessionCount++;
  state.sessions[client] = { sequence, result: value, slot };
  if (state.sessionCount > config.maxSessions) {
    // The same one on every node: no two sessions were used by the same slot.
    const [oldest] = Object.entries(state.sessions).reduce((a, b) => (b[1].slot < a[1].slot ? b : a));
    delete state.sessions[Number(oldest)];
    state.sessionCount--;
  }
  return { ok: true, value };
}
