#!/usr/bin/env node
// npx holdfast maelstrom -w g-counter --bin examples/maelstrom/counter.mjs --nemesis partition --nemesis-interval 3
// npx holdfast maelstrom -w pn-counter --bin examples/maelstrom/counter.mjs
// A sum for each node, kept by its own additions only; nodes tell each other theirs. With the argument `shared` there is one sum that everybody
// replaces with the greatest it has heard of, which loses additions.
import { node, on, send } from './node.mjs';

const shared = process.argv[2] === 'shared';
const sums = {};
const own = () => (shared ? 'all' : node.id);

on('add', ({ delta }) => {
  const { sum = 0, version = 0 } = sums[own()] ?? {};
  sums[own()] = { sum: sum + delta, version: version + 1 };
  return { type: 'add_ok' };
});
on('read', () => ({ type: 'read_ok', value: Object.values(sums).reduce((all, { sum }) => all + sum, 0) }));
on('merge', ({ theirs }) => {
  for (const [name, entry] of Object.entries(theirs))
    if ((sums[name]?.version ?? -1) < entry.version) sums[name] = entry;
});
setInterval(() => {
  for (const other of node.others) send(other, { type: 'merge', theirs: sums });
}, 250);
