/** Thrown when a simulated program uses something the world does not stand in for yet. Nothing falls through to the real API. */
export class UnsupportedError extends Error {
  readonly code = 'UNSUPPORTED_IN_WORLD';
  /** The API as a programmer would write it: `node:fs`, `fetch`, `http.Server.listen({ path })`. */
  readonly api: string;
  constructor(api: string) {
    super(
      `Cannot use ${api} as part of a simulated program: the world has no stand-in for it yet; ` +
        'leave it out, or hand the program something else in its place',
    );
    this.name = 'UnsupportedError';
    this.api = api;
  }
}

/** Something that can be passed around and asked for its type, and that refuses as soon as it is used. */
export function refusing(api: string): unknown {
  const refuse = (): never => {
    throw new UnsupportedError(api);
  };
  return new Proxy(function unsupported() {}, {
    apply: refuse,
    construct: refuse,
    get: (_target, key) => {
      // What the runtime itself asks of anything it awaits, prints or converts.
      if (typeof key === 'symbol' || key === 'then' || key === 'prototype') return undefined;
      throw new UnsupportedError(`${api}.${key}`);
    },
  });
}

/** A view of `real` that lets `own` properties through and refuses all others that `real` has. */
export function only<T extends object>(api: string, real: object, own: T): T {
  return new Proxy(own, {
    get(target, key, receiver): unknown {
      if (key in target || typeof key === 'symbol' || !(key in real))
        return Reflect.get(target, key, receiver);
      throw new UnsupportedError(`${api}.${key}`);
    },
  });
}
