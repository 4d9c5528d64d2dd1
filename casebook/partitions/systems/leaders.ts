import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';
import { CUT } from '../span.ts';

export const ONE_LEADER = 'one leader at a time';
const BEAT_MS = 25;
const STOPS_MS = 200;
const TAKES_OVER_MS = 350;

/** A's words do not reach B; B's reach A. */
export const ONE_WAY: readonly FaultDraft[] = [{ kind: 'one-way', from: ['A'], to: ['B'], ...CUT }];

/** A leader and a stand-by: what the leader hears is proof enough that it is heard, or only an echo of its own words. */
export function leaders(needsEcho: boolean): Subject {
  return sketch({
    name: needsEcho ? 'a leader that needs an echo' : 'a leader that hears the other',
    nodes: ['A', 'B'],
    operations: ['ask'],
    survives: ['omission'],
    clients: { entry: () => ['A', 'B'], timeoutMs: 60, attempts: 10 },
    program: (node) => leader(node, needsEcho),
    promises: [ONE_LEADER],
    judge: ({ effects }) => {
      const overlap = effects.find(({ atUs, node }) =>
        effects.some((other) => other.node !== node && Math.abs(other.atUs - atUs) < BEAT_MS * 1_000),
      );
      const reason =
        overlap === undefined
          ? `${effects.length} times somebody led, never two at once`
          : `A and B both led at ${(overlap.atUs / 1_000).toFixed(0)} ms`;
      return [{ promise: ONE_LEADER, kept: overlap === undefined, reason, examined: effects.length }];
    },
  });
}

function leader(node: SketchNode, needsEcho: boolean): SketchProgram {
  const other = 1 - node.index;
  let leads = node.index === 0;
  let beat = 0;
  let echoOf = 0;
  let heardMs = node.upMs();
  let echoedMs = node.upMs();
  node.timer('beat', BEAT_MS);
  return {
    request: (_request, answer) => {
      if (leads) answer({ outcome: 'ok', output: node.name });
    },
    message: (_from, message) => {
      heardMs = node.upMs();
      echoOf = Number(message.beat);
      // The other repeats the number of the last of our words that it heard.
      if (beat - Number(message.echo) <= 2) echoedMs = node.upMs();
    },
    timer: () => {
      const now = node.upMs();
      const proofMs = needsEcho ? echoedMs : heardMs;
      if (leads && now - proofMs > STOPS_MS) leads = false;
      else if (!leads && now - heardMs > TAKES_OVER_MS) leads = true;
      if (leads) node.effect('leads', node.name);
      node.show({ role: leads ? 'leader' : 'stand-by' });
      node.send(other, { type: 'beat', beat: ++beat, echo: echoOf });
      node.timer('beat', BEAT_MS);
    },
  };
}
