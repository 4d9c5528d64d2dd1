import { LEASE_TWINS } from './leaseLoad.ts';
import { LOADS } from './loads.ts';
import type { Schema } from './validate.ts';

/** Where members of a cluster live and what stands between them. */
export const NETWORKS = ['loopback', 'mesh', 'namespaces', 'vxlan', 'simulation'] as const;
/** One of them. */
export type NetworkName = (typeof NETWORKS)[number];

const text: Schema = { type: 'string' };
const anything: Schema = {};
const names: Schema = { type: 'array', items: text };
const milliseconds: Schema = { type: 'number', minimum: 0, maximum: 600_000 };
const count: Schema = { type: 'integer', minimum: 1, maximum: 100_000 };

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A fault in the world's vocabulary (`@holdfast/world`, `Fault`), times in milliseconds. */
const fault: Schema = object(
  {
    kind: {
      enum: [
        'partition',
        'one-way',
        'bridge',
        'flapping',
        'loss',
        'duplicate',
        'corrupt',
        'reorder',
        'slow-link',
        'narrow-link',
        'black-hole',
        'clock-step',
        'clock-drift',
        'crash',
        'amnesia',
        'pause',
        'disk-lost-writes',
        'disk-torn',
        'disk-bit-rot',
        'disk-full',
        'disk-slow',
        'disk-fsync-fails',
        'disk-fsync-lies',
      ],
    },
    groups: { type: 'array', items: names, minItems: 1 },
    unlisted: { enum: ['isolated', 'with-all', 'rest'] },
    from: names,
    to: names,
    left: names,
    right: names,
    hosts: names,
    host: text,
    file: text,
    byte: { type: 'integer' },
    bit: { type: 'integer', minimum: 0, maximum: 7 },
    once: { type: 'boolean' },
    probability: { type: 'number', minimum: 0, maximum: 1 },
    amount: { type: 'number', minimum: -1_000_000_000, maximum: 1_000_000_000 },
    stepMs: { type: 'number', minimum: -3_000_000_000, maximum: 3_000_000_000 },
    holdMs: milliseconds,
    downMs: milliseconds,
    upMs: milliseconds,
    atMs: milliseconds,
    forMs: milliseconds,
    as: text,
  },
  ['kind'],
);

const operation: Schema = object({
  on: text,
  key: text,
  value: anything,
  expected: anything,
  revisionOf: text,
  mode: text,
  as: text,
  client: text,
  outcome: { enum: ['ok', 'fail', 'unknown', 'any'] },
  answer: {},
  deadlineMs: milliseconds,
  retryMs: milliseconds,
  background: { type: 'boolean' },
  times: count,
  parallel: count,
  everyMs: milliseconds,
  forMs: milliseconds,
});

const message = {
  from: text,
  to: text,
  type: text,
  sameContextAs: text,
  otherContextThan: text,
  hasContext: { type: 'boolean' },
  nth: count,
} as const satisfies Readonly<Record<string, Schema>>;

const wait: Schema = object({
  ms: milliseconds,
  withinMs: milliseconds,
  leader: object({ not: names, as: text }),
  message: object({ ...message, as: text }, ['from', 'to']),
  operations: object({ f: text, outcome: text, atLeast: count }),
  watched: object({ of: text, key: text }, ['of', 'key']),
});

const step: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    let: { type: 'object', additionalProperties: text },
    read: operation,
    write: operation,
    cas: operation,
    do: { ...operation, properties: { ...operation.properties, f: text } },
    join: text,
    watch: object(
      { on: text, key: text, after: text, ahead: count, progress: { type: 'boolean' }, as: text },
      ['on', 'key', 'as'],
    ),
    strike: fault,
    heal: text,
    hold: object({ from: text, to: text }, ['from', 'to']),
    release: object({ from: text, to: text, through: object(message) }, ['from', 'to']),
    drop: object({ from: text, to: text, type: text }, ['from', 'to']),
    wait,
    note: text,
  },
};

const check: Schema = object({
  linearizable: text,
  modes: names,
  keyPrefix: text,
  checker: text,
  with: { type: 'object' },
  output: object({ of: text, is: anything, isNot: anything }, ['of']),
  watchInOrder: text,
  watchesComplete: { type: 'boolean' },
  watchComplete: text,
  watchProgress: text,
  leasesExclusive: { type: 'boolean' },
  revisionsRise: { type: 'boolean' },
  noneLost: object({ keyPrefix: text }, ['keyPrefix']),
});

const metric: Schema = object(
  {
    name: text,
    of: { enum: ['errorRate', 'okRate', 'latencyP99Ms', 'latencyP50Ms', 'operations', 'leaderChanges'] },
    f: text,
    min: { type: 'number' },
    max: { type: 'number' },
  },
  ['of'],
);

/** The published schema of experiment files for real clusters. */
export const EXPERIMENT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Holdfast experiment on a real cluster',
  ...object(
    {
      format: { enum: ['holdfast-live/1'] },
      name: text,
      about: text,
      versions: text,
      vars: { type: 'object' },
      subject: object(
        {
          system: text,
          members: { type: 'integer', minimum: 1, maximum: 9 },
          network: { enum: NETWORKS },
          disk: { enum: ['machine', 'volatile'] },
          settings: { type: 'object' },
          addresses: { type: 'array', items: text, minItems: 1 },
        },
        ['system'],
      ),
      workload: object({
        of: { enum: LOADS },
        on: text,
        keys: count,
        clients: count,
        ratePerSecond: { type: 'number', minimum: 0.1, maximum: 100_000 },
        mix: { type: 'object', additionalProperties: { type: 'number', minimum: 0 } },
        mode: text,
        deadlineMs: milliseconds,
        retryMs: milliseconds,
        forMs: milliseconds,
        seed: { type: 'integer' },
        keyPrefix: text,
        atomic: { type: 'boolean' },
        ttlMs: { type: 'number', minimum: 100, maximum: 600_000 },
        pauseMs: milliseconds,
        twin: { enum: LEASE_TWINS },
      }),
      faults: { type: 'array', items: fault },
      steps: { type: 'array', items: step },
      checks: { type: 'array', items: check, minItems: 1 },
      metrics: { type: 'array', items: metric },
      rollback: { type: 'array', items: step },
      expect: { enum: ['holds', 'violated'] },
      controls: {
        type: 'array',
        items: object({ name: text, vars: { type: 'object' }, expect: { enum: ['holds', 'violated'] } }, [
          'name',
          'vars',
        ]),
      },
    },
    ['format', 'name', 'subject', 'checks'],
  ),
};
