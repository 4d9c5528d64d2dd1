import { DECLARED_FRESHNESS_MS, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const FOLLOWER = 1;
const BEAT_MS = 50;
/** What a follower may add to the time since it heard its leader. */
const MARGIN_MS = 150;

/** A leader, and a follower that answers reads: always, or only while it can know that it is fresh. */
export function followerReads(refusesWhenOld: boolean): Subject {
  return sketch({
    name: refusesWhenOld ? 'reads that say when they are too old' : 'reads of whatever there is',
    nodes: ['leader', 'follower'],
    operations: ['write', 'read'],
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'leader' : 'follower'], timeoutMs: 200 },
    program: (node) => (node.index === FOLLOWER ? follower(node, refusesWhenOld) : leader(node)),
    promises: [],
    judge: () => [],
  });
}

function leader(node: SketchNode): SketchProgram {
  let value = 0;
  const tell = (): void => node.send(FOLLOWER, { type: 'value', value });
  node.timer('beat', BEAT_MS);
  return {
    request: ({ f, input }, answer) => {
      if (f === 'write') {
        value = Number(input);
        tell();
      }
      answer({ outcome: 'ok', output: f === 'write' ? null : value });
    },
    timer: () => {
      tell();
      node.timer('beat', BEAT_MS);
    },
  };
}

function follower(node: SketchNode, refusesWhenOld: boolean): SketchProgram {
  let value = 0;
  let heardMs = node.upMs();
  return {
    request: ({ f }, answer) => {
      const age = node.upMs() - heardMs;
      if (f !== 'read') answer({ outcome: 'fail', output: 'only the leader writes' });
      else if (refusesWhenOld && age > DECLARED_FRESHNESS_MS - MARGIN_MS)
        answer({ outcome: 'fail', output: `nothing was heard of the leader for ${Math.round(age)} ms` });
      else answer({ outcome: 'ok', output: value });
    },
    message: (_from, message) => {
      value = Number(message.value);
      heardMs = node.upMs();
    },
  };
}
