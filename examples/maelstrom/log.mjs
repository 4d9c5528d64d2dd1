#!/usr/bin/env node
// npx holdfast maelstrom -w kafka --bin examples/maelstrom/log.mjs --rate 50 --node-count 2
// Each log is one value of lin-kv that is appended to by compare-and-set; committed offsets are another. With the argument `counts` each node
// gives out offsets by itself, and two messages get one offset.
import { ask, on } from './node.mjs';

const counts = process.argv[2] === 'counts';

async function read(key, otherwise) {
  try {
    return (await ask('lin-kv', { type: 'read', key })).value;
  } catch (error) {
    if (error.code === 20) return otherwise;
    throw error;
  }
}

async function change(key, otherwise, by) {
  for (;;) {
    const from = await read(key, otherwise);
    const to = by(from);
    try {
      await ask('lin-kv', { type: 'cas', key, from, to, create_if_not_exists: true });
      return to;
    } catch (error) {
      if (error.code !== 22) throw error;
    }
  }
}

const lengths = new Map();

on('send', async ({ key, msg }) => {
  if (counts) {
    const offset = lengths.get(key) ?? 0;
    lengths.set(key, offset + 1);
    await change(`log/${key}`, [], (log) => [...log.slice(0, offset), msg, ...log.slice(offset + 1)]);
    return { type: 'send_ok', offset };
  }
  const log = await change(`log/${key}`, [], (before) => [...before, msg]);
  return { type: 'send_ok', offset: log.length - 1 };
});

on('poll', async ({ offsets }) => {
  const msgs = {};
  for (const [key, from] of Object.entries(offsets)) {
    const log = await read(`log/${key}`, []);
    msgs[key] = log.slice(from).map((message, i) => [from + i, message]);
  }
  return { type: 'poll_ok', msgs };
});

on('commit_offsets', async ({ offsets }) => {
  await change('committed', {}, (before) => ({ ...before, ...offsets }));
  return { type: 'commit_offsets_ok' };
});

on('list_committed_offsets', async ({ keys }) => {
  const all = await read('committed', {});
  return {
    type: 'list_committed_offsets_ok',
    offsets: Object.fromEntries(keys.filter((key) => key in all).map((key) => [key, all[key]])),
  };
});
