import { freePorts } from '../processes/ports.ts';
import type { Site } from './site.ts';

/** All members on the loopback address, told apart by their ports. Runs anywhere. */
export function loopbackSite(): Site {
  return {
    kind: 'loopback',
    hostOf: () => '127.0.0.1',
    at: (_index, words) => words,
    ports: (_index, count) => freePorts(count),
    close: () => undefined,
  };
}
