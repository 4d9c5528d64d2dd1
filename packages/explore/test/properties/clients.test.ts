import type { Core } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { type CoreModel, explore, ofHistory, ofMessages } from '../../src/index.ts';

type Answer = 'yes' | 'later';

/** Answers a request with `later` while it is the first, then with `yes`. */
const hesitant: Core<{ asked: number }, never, string, Answer> = {
  name: 'hesitant',
  boot: () => ({ asked: 0 }),
  step(state, event, out): void {
    if (event.kind !== 'request') return;
    state.asked = Math.min(2, state.asked + 1);
    out.reply(event.id, state.asked === 1 ? 'later' : 'yes');
  },
  messageType: () => '',
  view: ({ asked }) => ({ asked }),
};

/** Never answers. */
const silent: Core<{ asked: number }, never, string, Answer> = {
  ...hesitant,
  name: 'silent',
  step(state, event): void {
    if (event.kind === 'request') state.asked++;
  },
};

function asking(core: typeof hesitant, again: boolean): CoreModel<never, string, Answer> {
  return {
    name: 'asking',
    nodes: [
      { id: 1, core },
      { id: 2, core, mayCrash: false },
    ],
    clients: [
      {
        requests: [{ command: 'a', to: 1 }, { command: 'b' }],
        ...(again ? { again: (answer: Answer) => answer === 'later' } : {}),
      },
    ],
    history: {
      initial: [] as string[],
      observe(o): string | undefined {
        if (o.kind === 'request') return `${o.command}@${o.node}`;
        if (o.kind === 'reply') return o.result;
        return o.kind === 'lost' ? 'lost' : undefined;
      },
      next: (history, seen) => [...(history as string[]), seen as string],
    },
  };
}

/** Every history of a model that no step leads on from. */
function ends(model: CoreModel<never, string, Answer>, bounds: Parameters<typeof explore>[1]): string[] {
  const found = new Set<string>();
  const note = ofHistory<readonly string[]>(
    'noted',
    (history) => {
      found.add(history.join(' '));
      return true;
    },
    'terminal',
  );
  explore({ ...model, properties: [note] }, bounds);
  return [...found].sort();
}

describe('clients', () => {
  it('S3.23 make their requests in order, to the node named or to each', () => {
    expect(ends(asking(hesitant, false), {})).toEqual(['a@1 later b@1 yes', 'a@1 later b@2 later']);
  });

  it('S3.23 ask again where told to', () => {
    expect(ends(asking(hesitant, true), {})).toEqual([
      'a@1 later a@1 yes b@1 yes',
      'a@1 later a@1 yes b@2 later b@1 yes',
      'a@1 later a@1 yes b@2 later b@2 yes',
    ]);
  });

  it('S3.23 stop where the bound on requests says so', () => {
    expect(ends(asking(hesitant, true), { requests: 2 })).toEqual(['a@1 later a@1 yes']);
  });

  it('S3.23 wait for a silent node, and go on when it crashes', () => {
    expect(ends(asking(silent, false), {})).toEqual(['a@1']);
    // The one crash may also come before the request, and is then of no use.
    const found = ends(asking(silent, false), { crashes: 1 });
    expect(found).toEqual(['a@1', 'a@1 lost b@1', 'a@1 lost b@2']);
  });
});

describe('properties of messages', () => {
  const shout: Core<{ heard: number }, number, never, never> = {
    name: 'shout',
    boot({ self }, out): { heard: number } {
      if (self === 1) out.send(2, 3);
      return { heard: 0 };
    },
    step(state, event, out): void {
      if (event.kind !== 'message') return;
      state.heard = event.message;
      if (event.message > 0) out.send(event.from, event.message - 1);
    },
    messageType: String,
    view: ({ heard }) => ({ heard }),
  };

  it('S3.23 are judged in every state, on every network', () => {
    for (const network of ['unordered', 'ordered'] as const) {
      const { properties } = explore(
        {
          name: 'shout',
          network,
          nodes: [1, 2].map((id) => ({ id, core: shout })),
          properties: [
            ofMessages<number>('never negative', 'always', (message) => message >= 0),
            ofMessages<number>('never one', 'always', (message) => message !== 1),
            ofMessages<number>(
              'a zero to node 2',
              'reachable',
              (message, from, to) => message === 0 && to > from,
            ),
            ofMessages<number>(
              'a zero to node 1',
              'reachable',
              (message, from, to) => message === 0 && to < from,
            ),
          ],
        },
        {},
        { stopAtViolation: false },
      );
      expect(properties.map(({ status, trace }) => [status, trace?.steps.length])).toEqual([
        ['holds', undefined],
        ['violated', 2],
        ['violated', undefined],
        ['holds', 3],
      ]);
    }
  });
});
