#!/usr/bin/env node
// npx holdfast maelstrom -w broadcast --bin examples/maelstrom/broadcast.mjs --nemesis partition --nemesis-interval 3
// Every message goes to the neighbours again until they have answered. With the argument `once` it is told once only, and a partition loses it.
import { ask, node, on } from './node.mjs';

const once = process.argv[2] === 'once';
const seen = new Set();
let neighbours = [];

on('topology', ({ topology }) => {
  neighbours = topology[node.id] ?? node.others;
  return { type: 'topology_ok' };
});

async function tell(neighbour, message) {
  for (;;) {
    try {
      await ask(neighbour, { type: 'broadcast', message });
      return;
    } catch {
      if (once) return;
    }
  }
}

on('broadcast', ({ message }, src) => {
  if (!seen.has(message)) {
    seen.add(message);
    for (const neighbour of neighbours) if (neighbour !== src) void tell(neighbour, message);
  }
  return { type: 'broadcast_ok' };
});

on('read', () => ({ type: 'read_ok', messages: [...seen] }));
