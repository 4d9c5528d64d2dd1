import type { Plain } from '@holdfast/plain';
import type { Body } from '../protocol.ts';
import {
  type Asked,
  type Draw,
  fieldOf,
  type Judged,
  type Load,
  wholeOf,
  type WorkloadKind,
} from './workload.ts';

type Offsets = Readonly<Record<string, number>>;
type Messages = Readonly<Record<string, readonly (readonly [offset: number, message: Plain])[]>>;

/** One consumer: where it goes on in each log it was given. */
interface Consumer {
  positions: Record<string, number>;
  /** What it has read since it last said so. */
  dirty: boolean;
}

/** Polls once everything has healed: each may return a part only. */
const LAST_POLLS = 4;

/** Logs of messages, as Kafka's. */
export const kafka: WorkloadKind = {
  name: 'kafka',
  about: 'logs that are sent to and polled from offsets on; committed offsets',
  keys: 4,
  begin: ({ keyCount }) => new KafkaLoad(keyCount),
};

class KafkaLoad implements Load {
  private readonly keys: readonly string[];
  private readonly consumers: Consumer[] = [];
  private sent = 0;

  constructor(keyCount: number) {
    this.keys = Array.from({ length: keyCount }, (_, i) => `k${i}`);
  }

  next(client: number, draw: Draw): Asked {
    const consumer = this.consumer(client);
    const kind = draw(20);
    if (consumer.dirty && kind < 6) return commit(consumer);
    if (kind < 10) return this.send(draw);
    if (kind === 10 || Object.keys(consumer.positions).length === 0) return this.assign(draw);
    return poll(consumer.positions);
  }

  output(asked: Asked, reply: Body, client: number): Plain {
    const consumer = this.consumer(client);
    switch (asked.f) {
      case 'send':
        return wholeOf(reply, 'offset');
      case 'assign': {
        const committed = fieldOf(reply, 'offsets') as Offsets;
        const keys = asked.input as readonly string[];
        consumer.positions = Object.fromEntries(keys.map((key) => [key, (committed[key] ?? -1) + 1]));
        return null;
      }
      case 'seek':
        consumer.positions = Object.fromEntries(this.keys.map((key) => [key, 0]));
        return null;
      case 'poll':
        return polled(consumer, fieldOf(reply, 'msgs') as Messages);
      default:
        return null;
    }
  }

  isIdempotent(f: string): boolean {
    return f === 'poll' || f === 'assign' || f === 'seek';
  }

  final(client: number): (() => Asked)[] {
    const keys = [...this.keys];
    const seek: Asked = { f: 'seek', input: keys, body: { type: 'list_committed_offsets', keys } };
    const next = (): Asked => poll(this.consumer(client).positions);
    return [() => seek, ...Array.from({ length: LAST_POLLS }, () => next)];
  }

  judged(): readonly Judged[] {
    return [{ checker: 'log', settings: {} }];
  }

  private consumer(client: number): Consumer {
    return (this.consumers[client] ??= { positions: {}, dirty: false });
  }

  private send(draw: Draw): Asked {
    const key = this.keys[draw(this.keys.length)] as string;
    const msg = ++this.sent;
    return { f: 'send', key, input: msg, body: { type: 'send', key, msg } };
  }

  private assign(draw: Draw): Asked {
    const from = draw(this.keys.length);
    const count = 1 + draw(this.keys.length);
    const keys = Array.from({ length: count }, (_, i) => this.keys[(from + i) % this.keys.length] as string);
    return { f: 'assign', input: keys, body: { type: 'list_committed_offsets', keys } };
  }
}

function poll(positions: Offsets): Asked {
  return { f: 'poll', input: null, body: { type: 'poll', offsets: { ...positions } } };
}

function commit(consumer: Consumer): Asked {
  consumer.dirty = false;
  const offsets = Object.fromEntries(
    Object.entries(consumer.positions).flatMap(([key, next]) => (next > 0 ? [[key, next - 1]] : [])),
  );
  return { f: 'commit', input: offsets, body: { type: 'commit_offsets', offsets }, isAside: true };
}

/** A consumer goes on behind what it was given. */
function polled(consumer: Consumer, messages: Messages): Plain {
  for (const [key, pairs] of Object.entries(messages)) {
    const last = pairs.at(-1);
    if (last === undefined) continue;
    consumer.positions[key] = last[0] + 1;
    consumer.dirty = true;
  }
  return messages;
}
