import { type ChaosJournal, type ChaosPorts, isTolerated, readChaos, runChaos } from '@holdfast/live';
import { expect, test } from 'vitest';

/** A world of one service that is asked over http: `/ok` says whether it is well, `/break` and `/heal` change that, `/fail` throws. */
function world(): ChaosPorts & { readonly calls: string[] } {
  let now = 1_000_000;
  let isWell = true;
  const calls: string[] = [];
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  return {
    calls,
    nowMs: () => now,
    sleep: async (ms) => {
      now += ms;
      await turn();
    },
    provide: async (provider, context) => {
      const path = provider.type === 'http' ? new URL(provider.url).pathname : provider.type;
      const { scope, level, name } = context?.control ?? {};
      calls.push(level === undefined ? path : `${path} ${scope} ${level} ${name}`);
      await turn();
      if (path === '/break') isWell = false;
      if (path === '/heal') isWell = true;
      if (path === '/fail') throw new Error('it fails');
      return {
        status: path !== '/ok' || isWell ? 200 : 503,
        body: { well: isWell, given: provider.arguments },
      };
    },
  };
}

const http = (path: string): string => `{ type: http, url: 'http://service${path}' }`;

interface Parts {
  readonly runtime?: string;
  readonly method?: string;
  readonly rest?: string;
}

/** An experiment in the toolkit's shape: is the service well while it is broken for three actions? */
function experiment({ runtime = '{}', method = 'break', rest = '' }: Parts): ReturnType<typeof readChaos> {
  return readChaos(
    `
title: whole
description: the service stays well
runtime: ${runtime}
steady-state-hypothesis:
  title: well
  probes: [{ type: probe, name: asked, tolerance: 200, provider: ${http('/ok')} }]
method:
  - { type: action, name: first, provider: ${http(`/${method}`)} }
  - { type: action, name: second, pauses: { before: 1, after: 1 }, provider: ${http('/wait')} }
  - { type: action, name: third, provider: ${http('/heal')} }
rollbacks: [{ type: action, name: undo, provider: ${http('/undo')} }]
${rest}
`,
    'whole.yaml',
  );
}

const asked = ({ steady_states: { before, during, after } }: ChaosJournal): string =>
  [before === null ? '' : 'before', during.length > 0 ? 'during' : '', after === null ? '' : 'after']
    .filter((one) => one !== '')
    .join(' ');

test.each([
  ['default', 'before after', false],
  ['before-method-only', 'before', false],
  ['after-method-only', 'after', false],
  ['during-method-only', 'during', true],
  ['continuously', 'before during after', true],
] as const)('the strategy %s asks the hypothesis %s the method', async (strategy, when, deviated) => {
  const runtime = `{ hypothesis: { strategy: ${strategy}, frequency: 0.1 } }`;
  const journal = await runChaos(experiment({ runtime }), { ports: world() });
  // The service is broken only in between: who does not look then sees nothing.
  expect([asked(journal), journal.deviated, journal.run.length]).toEqual([when, deviated, 3]);
});

test('the first deviation during the method leaves the rest of it when it shall', async () => {
  const runtime = "{ hypothesis: { strategy: continuously, frequency: 0.1, 'fail-fast': true } }";
  const ports = world();
  const given = experiment({ runtime });
  const [first, second] = given.method;
  if (first === undefined || second === undefined) throw new Error('a method');
  const method = [first, ...Array.from({ length: 20 }, () => second)];
  const journal = await runChaos({ ...given, method }, { ports });
  expect([journal.status, journal.deviated]).toEqual(['failed', true]);
  expect(journal.run.length).toBeLessThan(20);
  expect(journal.steady_states.after).toBeNull();
  expect(ports.calls.at(-1)).toBe('/undo');
});

test('an activity that fails does not stop the others, and its failure is told', async () => {
  const journal = await runChaos(experiment({ method: 'fail' }), { ports: world() });
  expect(journal.run.map(({ status }) => status)).toEqual(['failed', 'succeeded', 'succeeded']);
  expect([journal.status, journal.run[0]?.exception]).toEqual(['completed', 'it fails']);
});

/** How a run ends: well, deviated after the method, without its steady state, interrupted. */
const ENDS = ['well', 'deviated', 'absent', 'interrupted'] as const;

async function rolledBack(strategy: string | undefined, end: (typeof ENDS)[number]): Promise<boolean> {
  const ports = world();
  if (end === 'absent') await ports.provide({ type: 'http', url: 'http://service/break' });
  const stop = new AbortController();
  if (end === 'interrupted') stop.abort();
  const runtime = strategy === undefined ? '{}' : `{ rollbacks: { strategy: ${strategy} } }`;
  const given = experiment({ runtime, method: 'wait' });
  const method = end === 'deviated' ? experiment({ runtime }).method.slice(0, 2) : given.method;
  const journal = await runChaos({ ...given, method }, { ports, signal: stop.signal });
  return journal.rollbacks.length > 0;
}

test.each([
  ['always', [true, true, true, true]],
  [undefined, [true, true, true, true]],
  ['never', [false, false, false, false]],
  ['deviated', [false, true, false, false]],
  ['default', [true, false, false, false]],
] as const)(
  'rollbacks by the strategy %s run after a good end, a deviation, no start, an interruption: %j',
  async (strategy, runs) => {
    expect(await Promise.all(ENDS.map((end) => rolledBack(strategy, end)))).toEqual([...runs]);
  },
);

test('controls stand around everything: those of the experiment first, named ones by their names, others where they are', async () => {
  const controls = `
controls:
  - { name: all, provider: ${http('/all')} }
  - { name: rare, automatic: false, scope: after, provider: ${http('/rare')} }
`;
  const given = experiment({ method: 'wait', rest: controls });
  const [first, ...others] = given.method;
  if (first === undefined) throw new Error('a method');
  const own = {
    name: 'own',
    scope: 'before' as const,
    provider: { type: 'http' as const, url: 'http://service/own' },
  };
  const named = { name: 'named', ref: 'rare', provider: own.provider };
  const ports = world();
  await runChaos({ ...given, method: [{ ...first, controls: [own, named] }, ...others.slice(1)] }, { ports });
  expect(ports.calls).toEqual([
    '/all before experiment whole',
    '/all before hypothesis well',
    '/all before activity asked',
    '/ok',
    '/all after activity asked',
    '/all after hypothesis well',
    '/all before method whole',
    '/all before activity first',
    '/own before activity first',
    '/wait',
    '/all after activity first',
    '/rare after activity first',
    '/all before activity third',
    '/heal',
    '/all after activity third',
    '/all after method whole',
    '/all before hypothesis well',
    '/all before activity asked',
    '/ok',
    '/all after activity asked',
    '/all after hypothesis well',
    '/all before rollback whole',
    '/all before activity undo',
    '/undo',
    '/all after activity undo',
    '/all after rollback whole',
    '/all after experiment whole',
    '/rare after experiment whole',
  ]);
});

test('values come from the file, the environment by their types, probes and groups of secrets, configuration before secrets', async () => {
  const rest = `
configuration:
  port: { type: env, key: PORT, env_var_type: int }
  name: { type: env, key: NAME, default: x }
  token: configured
  body: { type: probe, provider: ${http('/value')} }
secrets:
  group: { token: { type: env, key: TOKEN }, other: { type: env, key: TOKEN } }
`;
  const given = experiment({ method: 'wait', rest });
  const [first] = given.method;
  if (first === undefined) throw new Error('a method');
  const asks = {
    ...first,
    provider: {
      type: 'http' as const,
      url: 'http://service/ask',
      arguments: { all: ['${port}', '${name}', '${token}', '${other}', 'at ${port}'], body: '${body}' },
    },
  };
  const journal = await runChaos(
    { ...given, method: [asks] },
    { ports: world(), env: { PORT: '8080', TOKEN: 'secret' } },
  );
  expect(journal.run[0]?.output).toMatchObject({
    body: { given: { all: [8080, 'x', 'configured', 'secret', 'at 8080'], body: { well: true } } },
  });
  const vault = experiment({ rest: 'secrets: { s: { token: { type: vault, path: p } } }' });
  await expect(runChaos(vault, { ports: world() })).rejects.toThrow(
    /Cannot read the secret 'token' from a vault/,
  );
});

test('a tolerance that is a probe is given the value and asked', async () => {
  const given = experiment({ method: 'wait' });
  const probe = (path: string): typeof given => {
    const [one] = given['steady-state-hypothesis']?.probes ?? [];
    if (one === undefined) throw new Error('a probe');
    const tolerance = {
      type: 'probe',
      name: 'judge',
      provider: { type: 'http', url: `http://service${path}` },
    };
    return { ...given, 'steady-state-hypothesis': { title: 'judged', probes: [{ ...one, tolerance }] } };
  };
  const ports = world();
  expect((await runChaos(probe('/judge'), { ports })).status).toBe('completed');
  expect(ports.calls.slice(0, 2)).toEqual(['/ok', '/judge']);
  expect((await runChaos(probe('/fail'), { ports: world() })).status).toBe('failed');
});

test.each([
  [{ status: 204 }, [200, 299], false],
  [{ status: 299 }, [200, 299], true],
  [204, [200, 299], true],
  [{ status: 0, stdout: '{"n": 3}' }, { type: 'jsonpath', path: '$.n', target: 'stdout', expect: 3 }, true],
  [{ status: 200, body: { a: 1 } }, { type: 'jsonpath', path: '$.body.a', expect: [1] }, true],
  [{ status: 200, body: { a: [1, 2] } }, { type: 'jsonpath', path: '$.a[*]', count: 3 }, false],
  [true, true, true],
  ['1', 1, false],
] as const)(
  'what gives %j under tolerance %j is tolerated as the toolkit has it: %s',
  (output, tolerance, expected) => {
    expect(isTolerated(output, tolerance)).toBe(expected);
  },
);

test('a strategy there is not is refused with its line', () => {
  expect(() => experiment({ runtime: '{ hypothesis: { strategy: sometimes } }' })).toThrow(
    /whole\.yaml:4:\d+ 'strategy' must be one of default/,
  );
});
