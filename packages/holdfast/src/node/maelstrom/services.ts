import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { Host, HostId, Program } from '@holdfast/world';
import { type Body, ERROR } from './protocol.ts';

/** Names of the services that nodes may ask. */
export const SERVICES = ['lin-kv', 'seq-kv', 'lww-kv', 'lin-tso'] as const;

/** Answers one request of a node; the answer without `in_reply_to`. */
type Answer = (from: HostId, body: Body) => Body;

/** A service by its name, on a host of the world; nothing ever happens to it. */
export function service(name: (typeof SERVICES)[number], host: Host): Program {
  const draw = (n: number): number => host.choices.below(n, name);
  return new Service(host, ANSWERS[name](draw));
}

class Service implements Program {
  private readonly host: Host;
  private readonly answer: Answer;

  constructor(host: Host, answer: Answer) {
    this.host = host;
    this.answer = answer;
  }

  onMessage(from: HostId, payload: unknown, channel: number): void {
    const body = payload as Body;
    // An answer to nothing: services ask nobody.
    if (body.in_reply_to !== undefined || body.msg_id === undefined) return;
    this.host.send(from, { ...this.answer(from, body), in_reply_to: body.msg_id }, channel);
  }

  onTimer(): void {
    // Services do nothing by themselves.
  }
}

type Draw = (n: number) => number;
type Values = ReadonlyMap<string, Plain>;

/** What a request makes of a store: the answer, and the store after it. */
interface Done {
  readonly answer: Body;
  readonly values: Values;
}

const ANSWERS: Readonly<Record<(typeof SERVICES)[number], (draw: Draw) => Answer>> = {
  'lin-kv': () => {
    let values: Values = new Map();
    return (_from, body) => {
      const done = act(values, body);
      values = done.values;
      return done.answer;
    };
  },
  'seq-kv': sequential,
  'lww-kv': lastWriterWins,
  'lin-tso': () => {
    let next = 0;
    return (_from, body) =>
      body.type === 'ts' ? { type: 'ts_ok', ts: next++ } : failed(ERROR.notSupported, `no '${body.type}'`);
  },
};

function act(values: Values, body: Body): Done {
  const { type, key, value, from, to } = body;
  if (key === undefined) return { answer: failed(ERROR.malformed, "'key' is missing"), values };
  const name = encodePlain(key);
  const current = values.get(name);
  switch (type) {
    case 'read':
      if (current === undefined) return { answer: failed(ERROR.noSuchKey, 'key does not exist'), values };
      return { answer: { type: 'read_ok', value: current }, values };
    case 'write':
      return { answer: { type: 'write_ok' }, values: new Map(values).set(name, value ?? null) };
    case 'cas': {
      if (current === undefined && body['create_if_not_exists'] !== true)
        return { answer: failed(ERROR.noSuchKey, 'key does not exist'), values };
      if (current !== undefined && !equalPlain(current, from ?? null)) {
        const text = `current value ${JSON.stringify(current)} is not ${JSON.stringify(from)}`;
        return { answer: failed(ERROR.precondition, text), values };
      }
      return { answer: { type: 'cas_ok' }, values: new Map(values).set(name, to ?? null) };
    }
    default:
      return { answer: failed(ERROR.notSupported, `no '${type}'`), values };
  }
}

function failed(code: number, text: string): Body {
  return { type: 'error', code, text };
}

/** States that a reader may still be shown. */
const REMEMBERED = 32;

/** One order of all operations, in which a client may see a state as old as the last it saw; what changes the store happens to the newest. */
function sequential(draw: Draw): Answer {
  const states: Values[] = [new Map()];
  let dropped = 0;
  const seen = new Map<HostId, number>();
  return (from, body) => {
    const newest = dropped + states.length - 1;
    const oldest = Math.max(seen.get(from) ?? 0, dropped);
    const chosen = oldest + draw(newest - oldest + 1);
    const old = states[chosen - dropped] as Values;
    const tried = act(old, body);
    if (tried.values === old && body.type === 'read') {
      seen.set(from, chosen);
      return tried.answer;
    }
    const { answer, values } = act(states.at(-1) as Values, body);
    states.push(values);
    if (states.length > REMEMBERED) {
      states.shift();
      dropped++;
    }
    seen.set(from, newest + 1);
    return answer;
  };
}

const REPLICAS = 5;

interface Stamped {
  readonly value: Plain;
  readonly at: number;
}

/** Replicas that each answer by themselves; at each request two of them, chosen by chance, tell each other what they have. */
function lastWriterWins(draw: Draw): Answer {
  const replicas = Array.from({ length: REPLICAS }, () => new Map<string, Stamped>());
  let clock = 0;
  return (_from, body) => {
    const [a, b] = [replicas[draw(REPLICAS)], replicas[draw(REPLICAS)]] as [Replica, Replica];
    for (const [key, stamped] of b) if ((a.get(key)?.at ?? -1) < stamped.at) a.set(key, stamped);
    for (const [key, stamped] of a) if ((b.get(key)?.at ?? -1) < stamped.at) b.set(key, stamped);
    const own = replicas[draw(REPLICAS)] as Replica;
    const values: Values = new Map([...own].map(([key, { value }]) => [key, value]));
    const done = act(values, body);
    if (done.values !== values) {
      const name = encodePlain(body['key']);
      own.set(name, { value: done.values.get(name) ?? null, at: ++clock });
    }
    return done.answer;
  };
}

type Replica = Map<string, Stamped>;
