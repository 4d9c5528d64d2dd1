import type { Plain } from '@holdfast/plain';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { kvModel } from '../../src/models/kv.ts';
import { registerModel } from '../../src/models/register.ts';
import type { Subject } from './generate.ts';
import type { Random } from './random.ts';

const VALUES: readonly Plain[] = [null, 1, 2, 3];

function value(random: Random): Plain {
  return 1 + random.below(3);
}

/** What each built-in model is exercised with: few values, so that results often agree by chance. */
export const subjects: Readonly<Record<string, Subject>> = {
  register: {
    model: registerModel(),
    call: (random) =>
      random.chance(55)
        ? { f: 'read', input: null, outputs: VALUES }
        : { f: 'write', input: value(random), outputs: [null] },
  },
  'cas-register': {
    model: casRegisterModel(),
    call: (random) => {
      if (random.chance(35)) return { f: 'read', input: null, outputs: VALUES };
      if (random.chance(40)) return { f: 'write', input: value(random), outputs: [null] };
      return { f: 'cas', input: [value(random), value(random)], outputs: [null, null, false] };
    },
  },
  kv: {
    model: kvModel(),
    call: (random) => {
      const key = random.pick(['x', 'x', 'x', 'y']);
      const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'bb', 'aba', 'bab', 'abb'];
      if (random.chance(40)) return { f: 'get', key, input: null, outputs: texts };
      if (random.chance(50)) return { f: 'append', key, input: random.pick(['a', 'b']), outputs: [null] };
      if (random.chance(40)) return { f: 'put', key, input: random.pick(['a', 'b']), outputs: [null] };
      if (random.chance(60)) {
        return {
          f: 'cas',
          key,
          input: [random.pick(['a', 'ab']), random.pick(['a', 'b'])],
          outputs: [null, false],
        };
      }
      return { f: 'delete', key, input: null, outputs: [null, true, false] };
    },
  },
};
