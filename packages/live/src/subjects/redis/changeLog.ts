import { textOf } from '../../errors.ts';
import type { Answer } from '../../history/recorder.ts';
import { Exchange } from '../../wire/exchange.ts';
import type { WatchEvent, WatchRequest } from '../cluster.ts';
import { isFailure, respCommand, type RespReply, takeResp } from './resp.ts';
import { redisFailure } from './store.ts';

/** The stream of all changes, and the number of the last one. */
const LOG = 'holdfast-changes';
const LAST = 'holdfast-last-change';

/** Sets a key and says so in the log, both or neither: a script runs alone on its server. */
const WRITE = `
redis.call('SET', KEYS[1], ARGV[1])
local change = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[3], change .. '-0', 'key', KEYS[1], 'value', ARGV[1])
return change`;

const BLOCK_MS = 200;
const LOOK_MS = 20;
const ASK_MS = 1_000;
const AT_ONCE = '500';

/** A write that is logged; its revision is the number of the change. */
export async function loggedWrite(
  ask: (words: readonly string[], deadlineMs: number) => Promise<RespReply>,
  key: string,
  value: string,
  deadlineMs: number,
): Promise<Answer> {
  try {
    const reply = await ask(['EVAL', WRITE, '3', key, LAST, LOG, value], deadlineMs);
    if (isFailure(reply)) return { outcome: 'fail', output: reply.error };
    return { outcome: 'ok', output: null, detail: { revision: Number(reply) } };
  } catch (error) {
    return redisFailure(error);
  }
}

/** Reads the log of one server as it grows, until it is ended or the connection is. */
export function watchLog(
  address: string,
  { prefix, fromRevision }: WatchRequest,
  onEvent: (event: WatchEvent) => void,
  onEnd: () => void = () => undefined,
): () => void {
  const connection = new Exchange(address, takeResp, [], { once: true });
  let isEnded = false;
  const ask = async (...words: string[]): Promise<RespReply> => {
    const reply = await connection.request(respCommand(words), ASK_MS + BLOCK_MS);
    if (isFailure(reply)) throw new Error(reply.error);
    return reply;
  };
  /** The number of the last change. A replica that begins is empty until its primary has told it what there is. */
  const present = async (): Promise<number> => {
    for (;;) {
      const told = await ask('INFO', 'replication');
      if (isEnded || typeof told !== 'string' || !/^master_link_status:down/m.test(told)) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return Number(await ask('GET', LAST));
  };
  const follow = async (): Promise<void> => {
    let last = fromRevision === 0 ? await present() : fromRevision - 1;
    while (!isEnded) {
      const block = ['COUNT', AT_ONCE, 'BLOCK', String(BLOCK_MS)];
      const reply = await ask('XREAD', ...block, 'STREAMS', LOG, `${last}-0`);
      for (const event of eventsIn(reply)) {
        last = event.revision;
        if (event.key.startsWith(prefix) && !isEnded) onEvent(event);
      }
    }
  };
  void follow()
    .catch((error: unknown) => textOf(error))
    .then(() => {
      connection.close();
      onEnd();
    });
  return () => {
    isEnded = true;
    connection.close();
  };
}

/** The entries of one stream in an answer of XREAD; none when it ended without one. */
function eventsIn(reply: RespReply): WatchEvent[] {
  type Entry = readonly [id: string, fields: readonly string[]];
  const [stream] = (reply ?? []) as readonly (readonly [name: string, entries: readonly Entry[]])[];
  return (stream?.[1] ?? []).map(([id, [, key = '', , value = 'null']]) => ({
    key,
    revision: Number.parseInt(id, 10),
    value: JSON.parse(value) as WatchEvent['value'],
    kind: 'put',
  }));
}
