import type { LatencyModel } from '@holdfast/world';
import type { Subject } from '../experiment/subject.ts';

/** A subject whose servers are far from each other: what they say to one another takes this long, what clients say stays as it is. */
export function farApart(subject: Subject, latency: LatencyModel): Subject {
  return {
    ...subject,
    start: (context) => {
      const { world, servers } = context;
      const isServer = (host: number): boolean => servers.includes(host);
      world.network.impose({
        covers: (from, to) => from !== to && isServer(from) && isServer(to),
        change: (policy) => ({ ...policy, latency }),
      });
      return subject.start(context);
    },
  };
}
