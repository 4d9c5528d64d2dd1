import type { TakeReply } from '../../wire/exchange.ts';

/** A reply of Redis (RESP 2): a text, a number, nothing, an error, or a list of these. */
export type RespReply = string | number | null | RespFailure | readonly RespReply[];

/** An error the server answered: the request had no effect. */
export interface RespFailure {
  readonly error: string;
}

/** Whether a reply is an error. */
export function isFailure(reply: RespReply): reply is RespFailure {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}

/** A command as Redis reads it. */
export function respCommand(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/** Takes one reply off the front. */
export const takeResp: TakeReply<RespReply> = (bytes) => {
  const end = bytes.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = bytes.toString('utf8', 1, end);
  const length = end + 2;
  switch (bytes.toString('latin1', 0, 1)) {
    case '+':
      return { reply: line, length };
    case '-':
      return { reply: { error: line }, length };
    case ':':
      return { reply: Number(line), length };
    case '$': {
      const size = Number(line);
      if (size < 0) return { reply: null, length };
      if (bytes.length < length + size + 2) return undefined;
      return { reply: bytes.toString('utf8', length, length + size), length: length + size + 2 };
    }
    default:
      return takeList(bytes, Number(line), length);
  }
};

function takeList(bytes: Buffer, count: number, start: number): ReturnType<TakeReply<RespReply>> {
  const items: RespReply[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const taken = takeResp(bytes.subarray(at));
    if (taken === undefined) return undefined;
    items.push(taken.reply);
    at += taken.length;
  }
  return { reply: items, length: at };
}
