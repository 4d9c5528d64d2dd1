import { TOXIC_ATTRIBUTES, type Toxic } from './toxics.ts';

/** What the API answers when it cannot do as asked: a text and an HTTP status. */
export class ApiError extends Error {
  readonly code = 'TOXIPROXY_API';
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** A proxy as somebody asks for it. */
export interface AskedProxy {
  readonly name: string;
  /** Undefined when not given. */
  readonly listen: string | undefined;
  readonly upstream: string | undefined;
  readonly enabled: boolean | undefined;
}

/** The JSON object in a body. Throws `ApiError`. */
export function objectIn(body: string): Readonly<Record<string, unknown>> {
  const value = jsonIn(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ApiError('bad request body: it must be a JSON object', 400);
}

/** The JSON value in a body. Throws `ApiError`. */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new ApiError(`bad request body: ${String(error)}`, 400);
  }
}

/** A proxy out of a body; fields of another type are refused. Throws `ApiError`. */
export function askedProxy(value: Readonly<Record<string, unknown>>): AskedProxy {
  const text = (field: string): string | undefined => {
    const given = value[field];
    if (given === undefined || given === null) return undefined;
    if (typeof given === 'string') return given;
    throw new ApiError(`bad request body: ${field} must be a string`, 400);
  };
  const { enabled } = value;
  if (enabled !== undefined && typeof enabled !== 'boolean')
    throw new ApiError('bad request body: enabled must be true or false', 400);
  return { name: text('name') ?? '', listen: text('listen'), upstream: text('upstream'), enabled };
}

/** A toxic out of a body; `before` is the one it changes. Throws `ApiError`. */
export function askedToxic(value: Readonly<Record<string, unknown>>, before?: Toxic): Toxic {
  const { type = before?.type, stream = before?.stream ?? 'downstream' } = value;
  const { toxicity = before?.toxicity ?? 1, attributes = {} } = value;
  const known = typeof type === 'string' ? TOXIC_ATTRIBUTES[type as Toxic['type']] : undefined;
  if (known === undefined) throw new ApiError('invalid toxic type', 400);
  if (stream !== 'upstream' && stream !== 'downstream')
    throw new ApiError('stream was invalid, can be either upstream or downstream', 400);
  const given: Record<string, unknown> = {
    ...before?.attributes,
    ...(attributes as Record<string, unknown>),
  };
  const numbers = Object.fromEntries(known.map((name) => [name, numberOf(given[name] ?? 0, name)]));
  const name = typeof value['name'] === 'string' && value['name'] !== '' ? value['name'] : undefined;
  return {
    name: before?.name ?? name ?? `${type as string}_${stream}`,
    type,
    stream,
    toxicity: numberOf(toxicity, 'toxicity'),
    attributes: numbers,
  } as unknown as Toxic;
}

function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new ApiError(`bad request body: ${name} must be a number from 0`, 400);
}
