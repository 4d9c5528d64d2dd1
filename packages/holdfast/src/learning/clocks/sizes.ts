import { encodePlain } from '@holdfast/plain';
import { EMPTY_VECTOR, tickVectorClock, vectorToRecord } from '@holdfast/protocols';
import { curveSvg } from '../curves.ts';

/** Actors at which stamps are measured. */
export const SIZE_ACTORS: readonly number[] = [3, 10, 30, 100, 300, 1_000];

/** Bytes of one stamp among so many actors, each of which has been heard of. */
export interface StampSize {
  readonly actors: number;
  readonly lamport: number;
  readonly vector: number;
}

/** Writes real stamps and measures them: a Lamport stamp stays as it is, a vector grows by an entry an actor. */
export function stampSizes(): readonly StampSize[] {
  return SIZE_ACTORS.map((actors) => {
    let vector = EMPTY_VECTOR;
    for (let actor = 1; actor <= actors; actor++) vector = tickVectorClock(vector, `N${actor}`);
    return {
      actors,
      lamport: encodePlain({ counter: actors, node: 'N1' }).length,
      vector: encodePlain(vectorToRecord(vector)).length,
    };
  });
}

/** Both curves as an SVG file. */
export function sizeCurveSvg(): string {
  const sizes = stampSizes();
  const curve = (name: 'lamport' | 'vector'): Parameters<typeof curveSvg>[0]['curves'][number] => ({
    name,
    points: sizes.map((size) => ({
      x: size.actors,
      y: size[name],
      says: `${size.actors} actors, ${size[name]} bytes`,
    })),
  });
  return curveSvg({
    title: 'What a stamp weighs',
    description:
      'Bytes of one stamp over the number of actors that have been heard of; both axes logarithmic.',
    x: 'actors',
    y: 'bytes of a stamp',
    log: true,
    curves: [curve('vector'), curve('lamport')],
  });
}
