#!/usr/bin/env node
// npx holdfast maelstrom -w unique-ids --bin examples/maelstrom/unique-ids.mjs --rate 500 --nemesis partition --availability total
// With the argument `alone` nodes count without their names, and give out the same ids.
import { node, on } from './node.mjs';

const prefix = () => (process.argv[2] === 'alone' ? '' : `${node.id}/${process.pid}/`);
let count = 0;
on('generate', () => ({ type: 'generate_ok', id: `${prefix()}${++count}` }));
