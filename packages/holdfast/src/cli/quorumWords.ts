import type { QuorumDiagram } from '@holdfast/report';
import { InputError, messageOf, systemCode } from '../node/inputError.ts';
import { byzantineDiagram, membershipDiagram, replicationDiagram } from '../pictures/quorums.ts';

const MEND =
  'say quorum:n=5,w=3,r=3, quorum:n=4,f=1,q=3, or quorum:old=N1+N2+N3,new=N3+N4+N5 (with ,joint=yes for both at once)';

/** The diagram that `quorum:...` asks for; undefined for anything else. Throws `InputError`. */
export function quorumDiagram(text: string): QuorumDiagram | undefined {
  if (!text.startsWith('quorum:')) return undefined;
  const given = new Map<string, string>();
  for (const part of text.slice('quorum:'.length).split(',')) {
    const [, name, value] = /^(n|w|r|f|q|old|new|joint)=([\w+-]+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new InputError(`Cannot draw '${text}' as quorums: '${part}' is none of its parts`, MEND);
    }
    given.set(name, value);
  }
  try {
    return diagramOf(given) ?? refuse(text);
  } catch (error) {
    if (systemCode(error) !== 'QUORUM_OPTIONS') throw error;
    throw new InputError(`Cannot draw '${text}' as quorums: ${messageOf(error)}`, MEND, { cause: error });
  }
}

function refuse(text: string): never {
  throw new InputError(`Cannot draw '${text}' as quorums: its parts do not make a rule`, MEND);
}

function diagramOf(given: ReadonlyMap<string, string>): QuorumDiagram | undefined {
  const number = (name: string): number => Number(given.get(name) ?? Number.NaN);
  const names = (name: string): readonly string[] =>
    (given.get(name) ?? '').split('+').filter((one) => one !== '');
  if (given.has('n') && given.has('w') && given.has('r')) {
    return replicationDiagram({ n: number('n'), w: number('w'), r: number('r') });
  }
  if (given.has('n') && given.has('f')) {
    const [n, f] = [number('n'), number('f')];
    return byzantineDiagram({ n, f, q: given.has('q') ? number('q') : Math.floor((n + f) / 2) + 1 });
  }
  const [before, after] = [names('old'), names('new')];
  if (before.length === 0 || after.length === 0) return undefined;
  return membershipDiagram(before, after, given.get('joint') === 'yes');
}
