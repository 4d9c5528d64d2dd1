import type { Core } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import {
  type CoreModel,
  Exploration,
  explorable,
  explore,
  type ExploreOptions,
  type ExploreResult,
  NAMED_MODELS,
  ofNodes,
  registerSystem,
  singleDecreePaxos,
} from '../../src/index.ts';

function model(name: string): ReturnType<(typeof NAMED_MODELS)[number]['load']> {
  const found = NAMED_MODELS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found.load();
}

function found({ states, generated, depth, status, end, clipped, properties }: ExploreResult): unknown {
  const verdicts = properties.map(({ name, status: verdict, trace }) => [name, verdict, trace?.steps.length]);
  return { states, generated, depth, status, end, clipped, verdicts };
}

/** A node that keeps the order in which it hears, from others that each say something once: every order is a state of its own. */
function listener(messages: number): CoreModel<number, never, never> {
  const speaker: Core<{ said: boolean }, number, never, never> = {
    name: 'speaker',
    boot({ self }, out): { said: boolean } {
      out.send(1, self);
      return { said: true };
    },
    step: () => undefined,
    messageType: () => 'word',
    view: ({ said }) => ({ said }),
  };
  const ear: Core<{ heard: number[] }, number, never, never> = {
    name: 'ear',
    boot: () => ({ heard: [] }),
    step(state, event): void {
      if (event.kind === 'message') state.heard.push(event.message);
    },
    messageType: () => 'word',
    view: ({ heard }) => ({ heard: heard.length }),
  };
  return {
    name: 'listener',
    nodes: [
      { id: 1, core: ear },
      ...Array.from({ length: messages }, (_, i) => ({ id: i + 2, core: speaker })),
    ],
    properties: [
      ofNodes<{ heard: number[] }, number>({
        name: 'all is heard',
        kind: 'reachable',
        view: ({ node, state }) => (node === 1 ? (state?.heard.length ?? 0) : 0),
        holds: ([heard]) => heard === messages,
      }),
    ],
  };
}

describe('states without numbers', () => {
  it.each([
    'register-abd',
    'raft-election-crash',
    'abd-writers',
    'commit-aborts-alone-after-yes',
    'delivery-at-most-once',
  ])('S3.23 are those of %s, with and without symmetry', (name) => {
    for (const symmetry of name.startsWith('raft') ? [true] : [true, false]) {
      const how: ExploreOptions = { symmetry, stopAtViolation: false };
      const plain = explore(model(name), undefined, { ...how, interning: 'never' });
      expect(plain.interned).toBe(false);
      expect(found(plain)).toEqual(found(explore(model(name), undefined, { ...how, interning: 'always' })));
    }
  });

  it('S3.23 are those of a network that keeps order, compared whole or by 96 bits', () => {
    const system = registerSystem({
      name: 'paxos in order',
      servers: 3,
      clients: 1,
      network: 'ordered',
      server: singleDecreePaxos,
    });
    const expected = found(explore(system, {}, { interning: 'always' }));
    expect(found(explore(system, {}, { interning: 'never', exact: true }))).toEqual(expected);
    expect(found(explore(system, {}, { interning: 'never', fingerprintBits: 96 }))).toEqual(expected);
  });

  it('S3.23 take over by themselves where most local states occur once', () => {
    // Every sequence of different messages: the sum of 7! / k! for k from 0 to 7.
    const states = 13_700;
    const fallen = explore(listener(7));
    expect(fallen).toMatchObject({ interned: false, states, status: 'holds', end: 'complete' });
    const numbered = explore(listener(7), {}, { interning: 'always' });
    expect(found(fallen)).toEqual(found(numbered));
    expect(numbered.work.parts).toBeGreaterThan(states);
    expect(fallen.work.parts).toBeLessThan(5_500);
  });

  it('S3.23 go on from a checkpoint as they are', () => {
    const half = new Exploration(explorable(listener(7)), {}, {});
    half.advance(12_000);
    const saved = half.checkpoint();
    expect(saved?.interned).toBe(false);
    const rest = new Exploration(explorable(listener(7)), {}, {}, saved);
    while (rest.advance(1_000_000));
    expect(rest.result()).toMatchObject({ interned: false, states: 13_700, end: 'complete' });
  });

  it('S3.23 are left alone where numbers pay', () => {
    expect(explore(model('multi-paxos')).interned).toBe(true);
  });
});
