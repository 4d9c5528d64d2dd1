/** A function of the vDSO: where it begins, counted from the vDSO's own beginning, and how long it is. */
export interface VdsoFunction {
  readonly offset: number;
  readonly size: number;
}

/** Where the kernel has put the vDSO of a process, as its `maps` file says; undefined when it has none. */
export function vdsoRange(maps: string): { readonly start: number; readonly end: number } | undefined {
  const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ +\[vdso\]$/m.exec(maps) ?? [];
  return start === '' ? undefined : { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
}

const DYNSYM = 11;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const X86_64 = 62;

/** The functions an ELF image of 64 bits for x86-64 exports, by name. Empty for anything else. */
export function exportedFunctions(image: Uint8Array): ReadonlyMap<string, VdsoFunction> {
  const view = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  const found = new Map<string, VdsoFunction>();
  const isOurs =
    view.length > SECTION_BYTES &&
    view.readUInt32BE(0) === 0x7f454c46 &&
    view[4] === 2 &&
    view.readUInt16LE(18) === X86_64;
  if (!isOurs) return found;
  const table = Number(view.readBigUInt64LE(40));
  const sections = view.readUInt16LE(60);
  const section = (index: number): { type: number; at: number; size: number; link: number } => {
    const at = table + index * SECTION_BYTES;
    return {
      type: view.readUInt32LE(at + 4),
      at: Number(view.readBigUInt64LE(at + 24)),
      size: Number(view.readBigUInt64LE(at + 32)),
      link: view.readUInt32LE(at + 40),
    };
  };
  for (let index = 0; index < sections; index++) {
    if (table + (index + 1) * SECTION_BYTES > view.length) break;
    const { type, at, size, link } = section(index);
    if (type !== DYNSYM) continue;
    const names = section(link).at;
    for (let symbol = at; symbol + SYMBOL_BYTES <= at + size; symbol += SYMBOL_BYTES) {
      const name = textAt(view, names + view.readUInt32LE(symbol));
      const offset = Number(view.readBigUInt64LE(symbol + 8));
      found.set(name, { offset, size: Number(view.readBigUInt64LE(symbol + 16)) });
    }
  }
  return found;
}

function textAt(view: Buffer, at: number): string {
  const end = view.indexOf(0, at);
  return view.toString('latin1', at, end < 0 ? view.length : end);
}
