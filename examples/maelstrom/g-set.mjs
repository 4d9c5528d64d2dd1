#!/usr/bin/env node
// npx holdfast maelstrom -w g-set --bin examples/maelstrom/g-set.mjs --nemesis partition --nemesis-interval 3
// Nodes tell each other all they have, four times a second.
import { node, on, send } from './node.mjs';

const elements = new Set();

on('add', ({ element }) => {
  elements.add(element);
  return { type: 'add_ok' };
});
on('read', () => ({ type: 'read_ok', value: [...elements] }));
on('merge', ({ value }) => {
  for (const element of value) elements.add(element);
});
setInterval(() => {
  for (const other of node.others) send(other, { type: 'merge', value: [...elements] });
}, 250);
