import {
  askUntilAnswered,
  type FaultDraft,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';

export const SAME = 'what is read is what was written';
const READER = 1;
const AGAIN_MS = 100;
/** The format on the wire: its version, then four bytes, the most significant first. */
const FORMAT = 2;

/** The reader moves to a machine whose numbers lie the other way round in memory. */
export const OTHER_MACHINE: readonly FaultDraft[] = [
  { kind: 'upgrade', host: 'reader', version: 'the other byte order', atUs: 3_000_000, forUs: 50_000 },
];

/** Numbers sent as they lie in memory, or in a format that says what it is. */
export function records(inAFormat: boolean): Subject {
  const reads = (littleEndian: boolean) => (node: SketchNode) => reader(node, inAFormat, littleEndian);
  return sketch({
    name: 'records',
    nodes: ['writer', 'reader'],
    operations: ['record'],
    survives: ['crash-recovery'],
    clients: { timeoutMs: 1_000 },
    program: (node) => (node.index === READER ? reads(true)(node) : writer(node, inAFormat)),
    versions: { 'the other byte order': reads(false) },
    promises: [SAME],
    judge: ({ effects }) => {
      const wrong = effects.find(({ key, data }) => key !== `record-${JSON.stringify(data)}`);
      const reason =
        wrong === undefined
          ? `${effects.length} records were read as they were written`
          : `${wrong.key} was read as number ${JSON.stringify(wrong.data)}`;
      return [{ promise: SAME, kept: wrong === undefined, reason, examined: effects.length }];
    },
  });
}

function bytesOf(value: number, littleEndian: boolean): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, littleEndian);
  return [0, 1, 2, 3].map((at) => view.getUint8(at));
}

function valueOf(bytes: readonly number[], littleEndian: boolean): number {
  const view = new DataView(new ArrayBuffer(4));
  for (const [at, byte] of bytes.entries()) view.setUint8(at, byte);
  return view.getUint32(0, littleEndian);
}

/** Runs on a little-endian machine. */
function writer(node: SketchNode, inAFormat: boolean): SketchProgram {
  return askUntilAnswered(node, AGAIN_MS, (key) => {
    const value = Number(key.slice('record-'.length));
    const words = inAFormat
      ? { type: 'record', format: FORMAT, bytes: bytesOf(value, false) }
      : { type: 'record', bytes: bytesOf(value, true) };
    node.send(READER, { ...words, key });
  });
}

function reader(node: SketchNode, inAFormat: boolean, littleEndian: boolean): SketchProgram {
  return {
    message: (from, { key, format, bytes }) => {
      // A format it does not know is not guessed at.
      if (inAFormat && format !== FORMAT) return;
      const value = valueOf(bytes as readonly number[], inAFormat ? false : littleEndian);
      if (node.kept[key] === undefined) node.effect('read', key, value);
      node.kept[key] = value;
      node.send(from, { type: 'read', key });
    },
  };
}
