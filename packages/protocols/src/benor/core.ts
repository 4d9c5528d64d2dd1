import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { type BenOrOptions, benOrConfig } from './config.ts';
import { type BenOrMessage, benOrMessageName, type Bit } from './messages.ts';
import { beginRound, decide, hearProposal, hearReport, sayAgain } from './rounds.ts';
import type { BenOrCommand, BenOrNode, BenOrResult, BenOrState, Said } from './state.ts';

/**
 * Randomised consensus on one bit (Ben-Or, "Another advantage of free choice: completely asynchronous agreement protocols", 1983, the protocol
 * for crashes): safe without any assumption about time, and decided with probability 1. Throws `BenOrOptionsError`.
 */
export function benOr(options: BenOrOptions): Core<BenOrState, BenOrMessage, BenOrCommand, BenOrResult> {
  const config = benOrConfig(options);
  return {
    name: 'ben-or',
    boot(boot, out): BenOrState {
      // Broken twin: the disk was lost, the id kept.
      const records = config.defect === 'forgets-on-restart' ? {} : boot.records;
      const state = bootState({ self: boot.self, records });
      if (state.round > 0 && state.decided === null) sayAgain({ config, state, out });
      return state;
    },
    step(state, event, out): void {
      const node: BenOrNode = { config, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command.value);
      else if (event.kind === 'timer') sayAgain(node);
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: benOrMessageName,
    view: benOrView,
  };
}

function bootState({ self, records }: Boot): BenOrState {
  const said: Record<number, Said> = {};
  const heard: BenOrState['heard'] = {};
  for (const [key, value] of Object.entries(records)) {
    const round = Number(key.slice('said/'.length));
    if (!key.startsWith('said/')) continue;
    const mine = value as Said;
    said[round] = mine;
    const proposals = mine.proposal === undefined ? {} : { [self]: mine.proposal };
    heard[round] = { reports: { [self]: mine.report }, proposals };
  }
  const round = Math.max(0, ...Object.keys(said).map(Number));
  const step = said[round]?.proposal === undefined ? 'report' : 'proposal';
  const decided = (records['decided'] as Bit | undefined) ?? null;
  return { self, round, step, said, heard, decided, waiting: [], token: 0, own: [] };
}

function request(node: BenOrNode, id: number, value: Bit): void {
  const { config, state, out } = node;
  if (state.decided !== null) out.reply(id, { ok: true, value: state.decided });
  else if (state.waiting.length >= config.maxWaiting) out.reply(id, { ok: false, error: 'too-many-waiting' });
  else {
    state.waiting.push(id);
    if (state.round === 0) beginRound(node, value);
  }
}

function receive(node: BenOrNode, from: NodeId, message: BenOrMessage): void {
  const { state, out } = node;
  if (message.type === 'decision') decide(node, message.value);
  else if (state.decided !== null) out.send(from, { type: 'decision', value: state.decided }, state.token);
  else if (message.type === 'report') hearReport(node, from, message);
  else hearProposal(node, from, message.round, message.value);
}

function hearOwn(node: BenOrNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    if (state.decided === null) receive(node, state.self, heard.message);
  }
}

/** What observers see of a node: round, step, its value and the decision. */
export function benOrView(state: BenOrState): NodeView {
  const { round, step, decided } = state;
  const said = state.said[round];
  return { role: decided === null ? step : 'decided', round, value: said?.report ?? null, decided };
}
