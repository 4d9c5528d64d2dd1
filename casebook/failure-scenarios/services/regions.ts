import { type SketchAnswer, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const [HOME, AWAY] = [0, 1];
const BEAT_MS = 40;
const SILENCE_MS = 150;

/** What a region does while it reaches no other. */
export type RegionPolicy =
  /** What concerns it alone goes on; what concerns an invariant of all is refused. */
  | 'global-waits'
  /** It decides on everything by itself. */
  | 'all-go-on'
  /** Nothing goes on. */
  | 'all-wait';

/** Two regions; `global` operations take one of a number of seats that both share, and the home region counts them. */
export function regionsUnder(policy: RegionPolicy): Subject {
  return sketch({
    name: `regions, ${policy}`,
    nodes: ['home', 'away'],
    operations: ['local', 'global'],
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'home' : 'away'], timeoutMs: 1_000 },
    program: (node) => region(node, policy),
    promises: ['no seat is given twice'],
    judge: ({ effects }) => {
      const seats = effects.map(({ key }) => key);
      const twice = seats.find((seat, i) => seats.indexOf(seat) !== i);
      const reason =
        twice === undefined
          ? `${seats.length} seats were given, each once`
          : `seat ${twice} was given by both regions`;
      return [
        { promise: 'no seat is given twice', kept: twice === undefined, reason, examined: seats.length },
      ];
    },
  });
}

function region(node: SketchNode, policy: RegionPolicy): SketchProgram {
  const other = node.index === HOME ? AWAY : HOME;
  let heardMs = node.upMs();
  let given = 0;
  const forwarded = new Map<string, (answer: SketchAnswer) => void>();
  const isCutOff = (): boolean => node.upMs() - heardMs > SILENCE_MS;
  const give = (): void => node.effect('seat', String(++given));
  const refuse = (answer: (answer: SketchAnswer) => void): void =>
    answer({ outcome: 'fail', output: 'the other region cannot be reached' });
  node.timer('beat', BEAT_MS);
  return {
    request: ({ f, key }, answer) => {
      const isAlone = isCutOff();
      if (isAlone && policy === 'all-wait') refuse(answer);
      else if (f === 'local') answer({ outcome: 'ok', output: null });
      else if (node.index === HOME || (isAlone && policy === 'all-go-on')) {
        give();
        answer({ outcome: 'ok', output: given });
      } else if (isAlone) refuse(answer);
      else {
        forwarded.set(key, answer);
        node.send(HOME, { type: 'seat, please', key });
      }
    },
    message: (_from, message) => {
      heardMs = node.upMs();
      if (message.type === 'seat, please') {
        give();
        node.send(other, { type: 'seat', key: message.key, seat: given });
      } else if (message.type === 'seat') {
        forwarded.get(message.key)?.({ outcome: 'ok', output: Number(message.seat) });
        forwarded.delete(message.key);
      } else given = Math.max(given, Number(message.given));
    },
    timer: () => {
      node.send(other, { type: 'beat', given });
      node.show({ mode: isCutOff() ? 'cut off' : 'together', given });
      node.timer('beat', BEAT_MS);
    },
  };
}
