import type { Schema } from '../experiment/validate.ts';

const anything: Schema = {};
const text: Schema = { type: 'string' };

/** What stands around something. */
const control: Schema = {
  type: 'object',
  properties: { name: text, ref: text, scope: { enum: ['before', 'after'] }, automatic: { type: 'boolean' } },
};

/** A probe or an action; a hypothesis' probe has a tolerance besides. Other names are let through, as the format's readers do. */
const activity: Schema = {
  type: 'object',
  properties: {
    ref: text,
    type: { enum: ['probe', 'action'] },
    name: text,
    provider: {
      type: 'object',
      properties: { type: { enum: ['http', 'process', 'python'] } },
      required: ['type'],
    },
    tolerance: anything,
    background: { type: 'boolean' },
    pauses: { type: 'object', properties: { before: { type: 'number' }, after: { type: 'number' } } },
    controls: { type: 'array', items: control },
  },
};

/**
 * What is asked of a Chaos Toolkit experiment (its reference, version 1): the fields it must have and the types of those we use. The same
 * shape with `hypothesis`, `duration` and `metrics` besides is read, too.
 */
export const CHAOS_SCHEMA: Schema = {
  type: 'object',
  required: ['title', 'description', 'method'],
  properties: {
    title: text,
    description: text,
    tags: { type: 'array', items: text },
    configuration: { type: 'object' },
    secrets: { type: 'object' },
    'steady-state-hypothesis': {
      type: 'object',
      required: ['title', 'probes'],
      properties: {
        title: text,
        probes: { type: 'array', items: activity },
        controls: { type: 'array', items: control },
      },
    },
    method: { type: 'array', items: activity },
    rollbacks: { type: 'array', items: activity },
    controls: { type: 'array', items: control },
    runtime: {
      type: 'object',
      properties: {
        rollbacks: {
          type: 'object',
          properties: { strategy: { enum: ['default', 'always', 'never', 'deviated'] } },
        },
        hypothesis: {
          type: 'object',
          properties: {
            strategy: {
              enum: [
                'default',
                'before-method-only',
                'after-method-only',
                'during-method-only',
                'continuously',
              ],
            },
            frequency: { type: 'number', minimum: 0.01 },
            'fail-fast': { type: 'boolean' },
          },
        },
      },
    },
    hypothesis: text,
    duration: anything,
    metrics: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'probe'],
        properties: { name: text, probe: text, min: { type: 'number' }, max: { type: 'number' } },
      },
    },
  },
};
