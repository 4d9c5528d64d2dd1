import type { Plain } from '@holdfast/plain';
import { neighbours } from '../topology.ts';
import { type Asked, type Draw, listOf, type Load, wholeOf, type WorkloadKind } from './workload.ts';

/** Half of the requests read. */
const READS_IN = 2;

/** Messages that every node must come to know. */
export const broadcast: WorkloadKind = {
  name: 'broadcast',
  about: 'messages told to one node become known to all; `topology` says who may talk to whom',
  keys: 10,
  begin({ nodes, topology }): Load {
    const links = neighbours(nodes, topology);
    return {
      ...growing('broadcast', (message) => ({ type: 'broadcast', message }), 'messages'),
      setup: () => ({ type: 'topology', topology: links }),
    };
  },
};

/** A set that only grows. */
export const gSet: WorkloadKind = {
  name: 'g-set',
  about: 'a set that is only added to; every node comes to hold all of it',
  keys: 10,
  begin: () => growing('add', (element) => ({ type: 'add', element }), 'value'),
};

function growing(f: string, body: (element: number) => Asked['body'], field: string): Load {
  let count = 0;
  const read: Asked = { f: 'read', input: null, body: { type: 'read' } };
  return {
    next(_client, draw: Draw): Asked {
      if (draw(READS_IN) === 0) return read;
      const element = count++;
      return { f, input: element, body: body(element) };
    },
    output: (asked, reply): Plain => (asked.f === 'read' ? [...listOf(reply, field)] : null),
    isIdempotent: (asked) => asked === 'read',
    final: () => [() => read],
    judged: () => [{ checker: 'set-full', settings: {} }],
  };
}

/** Increments go up to this. */
const MOST = 5;

/** A counter that only grows. */
export const gCounter: WorkloadKind = {
  name: 'g-counter',
  about: 'a counter that only grows; in the end every node reads the sum of all increments',
  keys: 10,
  begin: () => counting('g-counter', (draw) => draw(MOST)),
};

/** A counter that goes up and down. */
export const pnCounter: WorkloadKind = {
  name: 'pn-counter',
  about: 'a counter that goes up and down; in the end every node reads the sum of all changes',
  keys: 10,
  begin: () => counting('pn-counter', (draw) => draw(2 * MOST) - MOST),
};

function counting(checker: string, delta: (draw: Draw) => number): Load {
  const read: Asked = { f: 'read', input: null, body: { type: 'read' } };
  return {
    next(_client, draw): Asked {
      if (draw(READS_IN) === 0) return read;
      const by = delta(draw);
      return { f: 'add', input: by, body: { type: 'add', delta: by } };
    },
    output: (asked, reply): Plain => (asked.f === 'read' ? wholeOf(reply, 'value') : null),
    isIdempotent: (f) => f === 'read',
    final: () => [() => read],
    judged: (finalFromUs) => [{ checker, settings: { finalFrom: finalFromUs } }],
  };
}
