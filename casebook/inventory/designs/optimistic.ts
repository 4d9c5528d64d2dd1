import type { SketchNode } from 'holdfast';
import { reservationOf, type Region, REGIONS, reserved, soldOut, STOCK } from '../market.ts';

/** A reservation, with the stamp that orders it: a Lamport clock, then the region. */
interface Accepted {
  readonly by: string;
  readonly counter: number;
  readonly region: number;
}

const SYNC_MS = 60;

/** Every region accepts as long as it knows of something left; when more was accepted than there is, the last ones are cancelled. */
export function optimistic(node: SketchNode): Region {
  const accepted = (node.kept['accepted'] ??= {}) as Record<string, Accepted[]>;
  const cancelled = (node.kept['cancelled'] ??= {}) as Record<string, true>;
  const others = REGIONS.map((_, i) => i).filter((i) => i !== node.index);
  let counter = Number(node.kept['counter'] ?? 0);
  const tick = (seen: number): number => {
    counter = Math.max(counter, seen) + 1;
    node.kept['counter'] = counter;
    return counter;
  };
  /** Whoever accepted what is too much cancels it. The more is known the later a reservation stands: what is cancelled stays so. */
  const compensate = (good: string): void => {
    for (const { by, region } of (accepted[good] ?? []).slice(STOCK)) {
      if (region !== node.index || cancelled[by] === true) continue;
      cancelled[by] = true;
      node.effect('given back', good, by);
    }
  };
  const merge = (good: string, theirs: readonly Accepted[]): void => {
    const own = (accepted[good] ??= []);
    for (const one of theirs) if (!own.some(({ by }) => by === one.by)) own.push(one);
    own.sort((a, b) => a.counter - b.counter || a.region - b.region);
    compensate(good);
  };
  node.timer('sync', SYNC_MS);
  return {
    request: (request, answer) => {
      const { key: good } = request;
      if ((accepted[good]?.length ?? 0) >= STOCK) return answer(soldOut);
      const by = reservationOf(request);
      node.effect('taken', good, by);
      merge(good, [{ by, counter: tick(0), region: node.index }]);
      answer(reserved);
    },
    message: (_from, message) => {
      for (const [good, theirs] of Object.entries(message['accepted'] as never as typeof accepted)) {
        tick(theirs.at(-1)?.counter ?? 0);
        merge(good, theirs);
      }
    },
    timer: () => {
      for (const to of others) node.send(to, { type: 'accepted', accepted: copyOf(accepted) });
      node.timer('sync', SYNC_MS);
    },
  };
}

/** What is sent must not change when the sender goes on. */
function copyOf(accepted: Readonly<Record<string, readonly Accepted[]>>): never {
  return Object.fromEntries(Object.entries(accepted).map(([good, all]) => [good, [...all]])) as never;
}
