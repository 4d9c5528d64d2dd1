// What every node needs to speak Maelstrom's protocol: lines of JSON in and out, requests and their answers.
import { createInterface } from 'node:readline';

const handlers = new Map();
const waiting = new Map();
let lastId = 0;

/** This node, once it has been told who it is. */
export const node = { id: '', others: [] };

export function send(dest, body) {
  process.stdout.write(`${JSON.stringify({ src: node.id, dest, body })}\n`);
}

/** Answers requests of a type: with what the handler returns, or with an error where it throws `{ code, text }`. */
export function on(type, handler) {
  handlers.set(type, handler);
}

/** Asks another node or a service; rejects with `{ code, text }` for an error, and after `timeoutMs` without an answer. */
export function ask(dest, body, timeoutMs = 1_000) {
  const id = ++lastId;
  send(dest, { ...body, msg_id: id });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(id);
      reject({ code: 0, text: `no answer of ${dest}` });
    }, timeoutMs);
    waiting.set(id, (answer) => {
      clearTimeout(timer);
      if (answer.type === 'error') reject(answer);
      else resolve(answer);
    });
  });
}

on('init', ({ node_id, node_ids }) => {
  node.id = node_id;
  node.others = node_ids.filter((id) => id !== node_id);
  return { type: 'init_ok' };
});

async function answer(src, body) {
  const handler = handlers.get(body.type);
  try {
    if (handler === undefined) throw { code: 10, text: `no '${body.type}'` };
    const reply = await handler(body, src);
    if (reply !== undefined) send(src, { ...reply, in_reply_to: body.msg_id });
  } catch (error) {
    const { code = 13, text = String(error) } = error;
    send(src, { type: 'error', code, text, in_reply_to: body.msg_id });
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { src, body } = JSON.parse(line);
  const expected = waiting.get(body.in_reply_to);
  if (expected !== undefined) {
    waiting.delete(body.in_reply_to);
    expected(body);
  } else if (body.in_reply_to === undefined) void answer(src, body);
});
