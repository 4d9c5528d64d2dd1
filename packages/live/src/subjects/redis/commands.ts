import type { Plain } from '@holdfast/plain';
import type { Answer } from '../../history/recorder.ts';
import type { RespReply } from './resp.ts';

/** An action that is one command of Redis. */
export interface RedisCommand {
  readonly words: (key: string, input: string) => readonly string[];
  readonly answer: (reply: RespReply) => Answer;
  /** It changes nothing, however it ends. */
  readonly isRead: boolean;
}

const DONE: Answer = { outcome: 'ok', output: null };

function change(words: RedisCommand['words'], answer: RedisCommand['answer'] = () => DONE): RedisCommand {
  return { words, answer, isRead: false };
}

function read(words: RedisCommand['words'], answer: RedisCommand['answer']): RedisCommand {
  return { words, answer, isRead: true };
}

const list = (reply: RespReply): Answer => ({
  outcome: 'ok',
  output: Array.isArray(reply) ? reply.map(valueOf) : [],
});

/** Actions that Redis has a type of its own for: texts, sets and lists. */
export const COMMANDS: Readonly<Record<string, RedisCommand>> = {
  read: read(
    (key) => ['GET', key],
    (reply) => ({ outcome: 'ok', output: valueOf(reply) }),
  ),
  write: change((key, input) => ['SET', key, input]),
  add: change((key, input) => ['SADD', key, input]),
  'read-set': read((key) => ['SMEMBERS', key], list),
  append: change((key, input) => ['RPUSH', key, input]),
  'read-list': read((key) => ['LRANGE', key, '0', '-1'], list),
  enqueue: change((key, input) => ['RPUSH', key, input]),
  dequeue: change(
    (key) => ['LPOP', key],
    (reply) =>
      reply === null ? { outcome: 'fail', output: 'empty' } : { outcome: 'ok', output: valueOf(reply) },
  ),
};

function valueOf(reply: RespReply): Plain {
  return typeof reply === 'string' ? (JSON.parse(reply) as Plain) : null;
}
