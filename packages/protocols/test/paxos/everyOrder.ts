import { clonePlain, encodePlain } from '@holdfast/plain';
import type { CoreEvent } from '../../src/core/core.ts';
import { EffectList } from '../../src/core/effects.ts';
import type { PaxosDefect } from '../../src/paxos/defects.ts';
import type { PaxosMessage } from '../../src/paxos/messages.ts';
import { type PaxosCommand, type PaxosResult, type PaxosState, paxos } from '../../src/paxos/index.ts';

interface Flight {
  readonly from: number;
  readonly to: number;
  readonly message: PaxosMessage;
  readonly text: string;
}

interface Situation {
  readonly nodes: readonly PaxosState[];
  readonly texts: readonly string[];
  readonly flying: readonly Flight[];
}

export interface Explored {
  readonly situations: number;
  /** All values that some node learned in some order, as text. */
  readonly decided: ReadonlySet<string>;
  /** Situations in which two nodes know different decisions; the search ends at the first. */
  readonly disagreements: number;
}

const NODES = [1, 2, 3];

/** Three acceptors, nodes 1 and 2 propose 'a' and 'b', one ballot each: every order of delivery and, with it, every loss. */
export function everyOrder(defect?: PaxosDefect): Explored {
  const core = paxos({ nodes: NODES, defect });
  const step = (from: Situation, index: number, event: CoreEvent<PaxosMessage, PaxosCommand>): Situation => {
    const state = clonePlain(from.nodes[index] as PaxosState);
    const flying = [...from.flying];
    const events = [event];
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      const out = new EffectList<PaxosMessage, PaxosResult>();
      core.step(state, next, out);
      for (const effect of out.effects) {
        if (effect.kind === 'store') events.push({ kind: 'stored', token: effect.token });
        else if (effect.kind === 'send') {
          const { to, message } = effect;
          flying.push({ from: index + 1, to, message, text: `${index + 1}${to}${encodePlain(message)}` });
        }
      }
    }
    return {
      nodes: from.nodes.map((node, at) => (at === index ? state : node)),
      texts: from.texts.map((text, at) => (at === index ? encodePlain(state) : text)),
      flying,
    };
  };
  const boot = new EffectList<PaxosMessage, PaxosResult>();
  let start: Situation = {
    nodes: NODES.map((self) => core.boot({ self, records: {} }, boot)),
    texts: ['', '', ''],
    flying: [],
  };
  start = step(start, 0, { kind: 'request', id: 1, command: { value: 'a' } });
  start = step(start, 1, { kind: 'request', id: 2, command: { value: 'b' } });
  const seen = new Set([textOf(start)]);
  const queue = [start];
  const decided = new Set<string>();
  let disagreements = 0;
  for (let at = 0; at < queue.length && disagreements === 0; at++) {
    const now = queue[at] as Situation;
    const here = new Set(
      now.nodes.flatMap((node) => (node.decided === null ? [] : [encodePlain(node.decided.value)])),
    );
    for (const value of here) decided.add(value);
    if (here.size > 1) disagreements++;
    for (const [index, { from, to, message }] of now.flying.entries()) {
      const rest = { ...now, flying: now.flying.filter((_, other) => other !== index) };
      const next = step(rest, to - 1, { kind: 'message', from, message });
      const text = textOf(next);
      if (seen.has(text)) continue;
      seen.add(text);
      queue.push(next);
    }
  }
  return { situations: queue.length, decided, disagreements };
}

function textOf({ texts, flying }: Situation): string {
  return `${texts.join(' ')} ${flying
    .map(({ text }) => text)
    .sort()
    .join(' ')}`;
}
