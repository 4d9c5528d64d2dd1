import type { NodeId } from '../core/core.ts';
import type { BenOrMessage, Bit } from './messages.ts';
import type { BenOrNode, Heard, Said } from './state.ts';

/** First step of a round: says its value. */
export function beginRound(node: BenOrNode, value: Bit): void {
  const { state } = node;
  state.round++;
  state.step = 'report';
  say(node, { report: value });
}

/** What was said in a round stays said, also across a crash: a coin is tossed once. */
function say(node: BenOrNode, said: Said): void {
  const { config, state, out } = node;
  const { round } = state;
  state.said[round] = said;
  // Persist BEFORE send.
  state.token = out.store([{ key: `said/${round}`, value: said }]);
  for (const to of config.nodes) tell(node, to, lastSaid(round, said));
  out.setTimer('resend', config.resendMs);
}

function lastSaid(round: number, { report, proposal }: Said): BenOrMessage {
  if (proposal === undefined) return { type: 'report', round, value: report, asks: false };
  return { type: 'proposal', round, value: proposal };
}

function tell({ state, out }: BenOrNode, to: NodeId, message: BenOrMessage): void {
  if (to === state.self) state.own.push({ after: state.token, message });
  else out.send(to, message, state.token);
}

/** Messages may have been lost. */
export function sayAgain(node: BenOrNode): void {
  const { config, state, out } = node;
  const said = state.said[state.round];
  if (said === undefined || state.decided !== null) return;
  for (const to of config.nodes) {
    if (to === state.self) continue;
    out.send(to, { type: 'report', round: state.round, value: said.report, asks: true }, state.token);
    if (said.proposal !== undefined) out.send(to, lastSaid(state.round, said), state.token);
  }
  out.setTimer('resend', config.resendMs);
}

function heardIn({ state }: BenOrNode, round: number): Heard {
  return (state.heard[round] ??= { reports: {}, proposals: {} });
}

/**
 * With n - f reports the node proposes the value that more than half of all nodes reported, if there is one. Who is asked by nobody takes
 * part with the first value it hears: somebody proposed it.
 */
export function hearReport(
  node: BenOrNode,
  from: NodeId,
  { round, value, asks }: Extract<BenOrMessage, { readonly type: 'report' }>,
): void {
  const { state, out } = node;
  if (state.round === 0) beginRound(node, value);
  heardIn(node, round).reports[from] = value;
  const said = state.said[round];
  if (asks && round < state.round && said !== undefined) {
    // Who is behind missed what this node said then.
    out.send(from, { type: 'report', round, value: said.report, asks: false }, state.token);
    if (said.proposal !== undefined) out.send(from, lastSaid(round, said), state.token);
  }
  advance(node);
}

/** With n - f proposals the node decides, adopts, or tosses a coin. */
export function hearProposal(node: BenOrNode, from: NodeId, round: number, value: Bit | null): void {
  heardIn(node, round).proposals[from] = value;
  advance(node);
}

function advance(node: BenOrNode): void {
  const { config, state } = node;
  const { round } = state;
  if (round === 0 || state.decided !== null) return;
  const needed = config.nodes.length - config.faults;
  const { reports, proposals } = heardIn(node, round);
  if (state.step === 'report' && reports[state.self] !== undefined) {
    if (Object.keys(reports).length < needed) return;
    state.step = 'proposal';
    say(node, { report: (state.said[round] as Said).report, proposal: majorityOf(node, reports) });
  } else if (state.step === 'proposal' && proposals[state.self] !== undefined) {
    if (Object.keys(proposals).length >= needed) finishRound(node, proposals);
  }
}

function majorityOf({ config }: BenOrNode, reports: Heard['reports']): Bit | null {
  const values = Object.values(reports);
  const ones = values.filter((value) => value === 1).length;
  const zeros = values.length - ones;
  // Broken twin: two nodes may propose different values.
  const most = config.defect === 'proposes-without-majority' ? values.length / 2 : config.nodes.length / 2;
  if (ones > most) return 1;
  return zeros > most ? 0 : null;
}

function finishRound(node: BenOrNode, proposals: Heard['proposals']): void {
  const { config, state, out } = node;
  const seen = Object.values(proposals).filter((value) => value !== null);
  const [value] = seen;
  // Broken twin: others may not have seen it.
  const enough = config.defect === 'decides-on-one-proposal' ? 1 : config.faults + 1;
  if (value !== undefined && seen.length >= enough) {
    decide(node, value);
    return;
  }
  const { report } = state.said[state.round] as Said;
  // Broken twin: what another node may have decided is given up.
  const adopted = config.defect === 'tosses-though-proposed' ? undefined : value;
  if (adopted !== undefined) beginRound(node, adopted);
  else if (config.defect === 'no-coin') beginRound(node, report);
  else {
    const coin = out.choose('coin', 2) === 1 ? 1 : 0;
    out.note('coin', { round: state.round, coin });
    beginRound(node, coin);
  }
}

/** The first decision stands; a second one is noted for observers. */
export function decide({ config, state, out }: BenOrNode, value: Bit): void {
  if (state.decided !== value) out.note('decided', { value, round: state.round });
  if (state.decided !== null) return;
  state.decided = value;
  out.cancelTimer('resend');
  state.token = out.store([{ key: 'decided', value }]);
  for (const id of state.waiting) out.reply(id, { ok: true, value }, state.token);
  state.waiting = [];
  for (const to of config.nodes) {
    if (to !== state.self) out.send(to, { type: 'decision', value }, state.token);
  }
}
