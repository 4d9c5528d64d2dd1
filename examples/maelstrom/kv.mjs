#!/usr/bin/env node
// npx holdfast maelstrom -w lin-kv --bin examples/maelstrom/kv.mjs --rate 50 --concurrency 2n -- lin-kv
// Hands requests to the service named by the argument: lin-kv is linearizable, seq-kv and lww-kv are not.
import { ask, on } from './node.mjs';

const service = process.argv[2] ?? 'lin-kv';
// What is asked and answered gets numbers of this node's own.
const through = async (body) => ({ ...(await ask(service, body, 4_000)), in_reply_to: undefined });
for (const type of ['read', 'write', 'cas']) on(type, through);
