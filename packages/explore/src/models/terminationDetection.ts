import type { Spec, SpecAction } from '../engine/spec/spec.ts';
import { allFlags } from './flags.ts';

type Colour = 'white' | 'black';

/** The ring: node 0 starts probes; the token travels from the last node down. */
export interface TerminationState {
  active: boolean[];
  colour: Colour[];
  token: { at: number; colour: Colour };
}

/**
 * Detection that all nodes of a ring are passive (Dijkstra, Feijen and van Gasteren 1983, EWD 840), with messages that arrive at once;
 * module EWD840. It starts with every node active or not, white or black, and a black token anywhere.
 */
export function terminationDetection(nodes: number): Spec<TerminationState> {
  const ids = Array.from({ length: nodes }, (_, i) => i);
  const flags = allFlags(nodes);
  return {
    name: `termination detection, ${nodes} nodes`,
    init: flags.flatMap((active) =>
      flags.flatMap((black) =>
        ids.map(
          (at): TerminationState => ({
            active,
            colour: black.map((is) => (is ? 'black' : 'white')),
            token: { at, colour: 'black' },
          }),
        ),
      ),
    ),
    actions: [initiateProbe(nodes), ...ids.slice(1).map(passToken), ...ids.flatMap((i) => work(i, ids))],
    always: {
      'no false detection': (s) => !detected(s) || s.active.every((active) => !active),
    },
    reachable: { 'termination is detected': detected },
    // Nobody has to become passive; who is to pass the token on does.
    fair: ['node 0 starts a probe', ...ids.slice(1).map((i) => `node ${i} passes the token`)],
    leadsTo: {
      'termination leads to its detection': {
        from: (s) => s.active.every((active) => !active),
        to: detected,
      },
    },
  };
}

function detected({ active, colour, token }: TerminationState): boolean {
  return token.at === 0 && token.colour === 'white' && colour[0] === 'white' && active[0] === false;
}

/** The reasons that apply. A step is taken once for each, as TLC counts them. */
function reasons(apply: readonly boolean[]): number[] {
  return apply.flatMap((applies, i) => (applies ? [i] : []));
}

function initiateProbe(nodes: number): SpecAction<TerminationState> {
  return {
    name: 'node 0 starts a probe',
    run(s, pick): boolean {
      if (s.token.at !== 0) return false;
      pick(reasons([s.token.colour === 'black', s.colour[0] === 'black']));
      s.token.at = nodes - 1;
      s.token.colour = 'white';
      s.colour[0] = 'white';
      return true;
    },
  };
}

function passToken(i: number): SpecAction<TerminationState> {
  return {
    name: `node ${i} passes the token`,
    run(s, pick): boolean {
      if (s.token.at !== i) return false;
      pick(reasons([s.active[i] === false, s.colour[i] === 'black', s.token.colour === 'black']));
      s.token.at = i - 1;
      if (s.colour[i] === 'black') s.token.colour = 'black';
      s.colour[i] = 'white';
      return true;
    },
  };
}

function work(i: number, ids: readonly number[]): SpecAction<TerminationState>[] {
  return [
    {
      name: `node ${i} becomes passive`,
      run(s): boolean {
        if (s.active[i] !== true) return false;
        s.active[i] = false;
        return true;
      },
    },
    ...ids
      .filter((j) => j !== i)
      .map(
        (j): SpecAction<TerminationState> => ({
          name: `node ${i} sends work to node ${j}`,
          run(s): boolean {
            if (s.active[i] !== true) return false;
            s.active[j] = true;
            if (j > i) s.colour[i] = 'black';
            return true;
          },
        }),
      ),
  ];
}
