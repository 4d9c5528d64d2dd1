#!/usr/bin/env node
// npx holdfast maelstrom -w echo --bin examples/maelstrom/echo.mjs
import { on } from './node.mjs';

on('echo', ({ echo }) => ({ type: 'echo_ok', echo }));
