#!/usr/bin/env node
// npx holdfast maelstrom -w txn-list-append --bin examples/maelstrom/txn.mjs --rate 50
// npx holdfast maelstrom -w txn-rw-register --bin examples/maelstrom/txn.mjs --rate 50
// The whole database is one value of lin-kv, replaced by compare-and-set: what was overtaken is done again. With the argument `blind` it is
// written without a look, and transactions are lost.
import { ask, on } from './node.mjs';

const blind = process.argv[2] === 'blind';

async function load() {
  try {
    return (await ask('lin-kv', { type: 'read', key: 'root' })).value;
  } catch (error) {
    if (error.code === 20) return {};
    throw error;
  }
}

function apply(database, txn) {
  const next = { ...database };
  const done = txn.map(([f, key, value]) => {
    if (f === 'r') return [f, key, next[key] ?? null];
    next[key] = f === 'append' ? [...(next[key] ?? []), value] : value;
    return [f, key, value];
  });
  return { next, done };
}

on('txn', async ({ txn }) => {
  for (;;) {
    const from = await load();
    const { next, done } = apply(from, txn);
    try {
      if (blind) await ask('lin-kv', { type: 'write', key: 'root', value: next });
      else await ask('lin-kv', { type: 'cas', key: 'root', from, to: next, create_if_not_exists: true });
      return { type: 'txn_ok', txn: done };
    } catch (error) {
      if (error.code !== 22) throw error;
    }
  }
});
