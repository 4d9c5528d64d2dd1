import { VolatileFile } from './volatileFile.ts';

/** Errors as a file system reports them. */
export const ERRNO = {
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENOSPC: 28,
  ENOSYS: 38,
  ENOTEMPTY: 39,
} as const;

/** Thrown by the tree: the number goes to the program that asked. */
export class FileError extends Error {
  readonly code = 'FILE_ERROR';
  readonly errno: number;
  constructor(name: keyof typeof ERRNO) {
    super(`Cannot do it: ${name}`);
    this.name = 'FileError';
    this.errno = ERRNO[name];
  }
}

/** What files and folders have in common. */
interface Inode {
  readonly id: number;
  mode: number;
  uid: number;
  gid: number;
  modifiedMs: number;
  /** Names it has. */
  links: number;
  /** How often the kernel holds it. */
  lookups: number;
}

/** A folder. Its entries are durable at once: only what files hold can be lost. */
export interface Folder extends Inode {
  readonly kind: 'folder';
  readonly entries: Map<string, number>;
  parent: number;
}

/** A file. */
export interface File extends Inode {
  readonly kind: 'file';
  readonly content: VolatileFile;
}

/** A file or a folder. */
export type Node = Folder | File;

/** Who makes something, with which rights. */
export interface Owner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The root has this number, as FUSE wants it. */
export const ROOT = 1;
const RIGHTS = 0o7777;
const IS_FOLDER = 0o040000;
const IS_FILE = 0o100000;

/** Files and folders in memory. */
export class Tree {
  private readonly nodes = new Map<number, Node>();
  private next = ROOT;
  private readonly nowMs: () => number;

  constructor(owner: Owner, nowMs: () => number) {
    this.nowMs = nowMs;
    const root = this.add((id) => this.folder(id, id, owner));
    root.links = 2;
  }

  /** Every file by its path, one of them where it has several names. */
  paths(): (readonly [path: string, file: File])[] {
    const under = (folder: Folder, at: string): (readonly [string, File])[] =>
      [...folder.entries].flatMap(([name, id]) => {
        const node = this.get(id);
        return node.kind === 'folder' ? under(node, `${at}/${name}`) : [[`${at}/${name}`, node] as const];
      });
    return under(this.folderAt(ROOT), '');
  }

  /** Every file, also those without a name that somebody still holds. */
  *files(): Generator<File> {
    for (const node of this.nodes.values()) if (node.kind === 'file') yield node;
  }

  get(id: number): Node {
    const node = this.nodes.get(id);
    if (node === undefined) throw new FileError('ENOENT');
    return node;
  }

  fileAt(id: number): File {
    const node = this.get(id);
    if (node.kind !== 'file') throw new FileError('EISDIR');
    return node;
  }

  folderAt(id: number): Folder {
    const node = this.get(id);
    if (node.kind !== 'folder') throw new FileError('ENOTDIR');
    return node;
  }

  /** The node of a name; undefined when there is none. */
  find(parent: number, name: string): Node | undefined {
    const id = this.folderAt(parent).entries.get(name);
    return id === undefined ? undefined : this.get(id);
  }

  /** Makes a file, or gives the one of that name when `exclusive` is false. */
  makeFile(parent: number, name: string, owner: Owner, exclusive: boolean): File {
    const there = this.find(parent, name);
    if (there !== undefined) {
      if (exclusive) throw new FileError('EEXIST');
      return this.fileAt(there.id);
    }
    const file = this.add(
      (id): File => ({ ...this.inode(id, owner, IS_FILE), kind: 'file', content: new VolatileFile() }),
    );
    this.enter(parent, name, file);
    return file;
  }

  makeFolder(parent: number, name: string, owner: Owner): Folder {
    if (this.find(parent, name) !== undefined) throw new FileError('EEXIST');
    const folder = this.add((id) => this.folder(id, parent, owner));
    this.enter(parent, name, folder);
    return folder;
  }

  /** A second name for a file. */
  link(id: number, parent: number, name: string): File {
    const file = this.fileAt(id);
    if (this.find(parent, name) !== undefined) throw new FileError('EEXIST');
    this.enter(parent, name, file);
    return file;
  }

  /** Takes a name away; `kind` is what it must be of. */
  remove(parent: number, name: string, kind: Node['kind']): void {
    const node = this.find(parent, name);
    if (node === undefined) throw new FileError('ENOENT');
    if (node.kind !== kind) throw new FileError(kind === 'file' ? 'EISDIR' : 'ENOTDIR');
    if (node.kind === 'folder' && node.entries.size > 0) throw new FileError('ENOTEMPTY');
    this.folderAt(parent).entries.delete(name);
    node.links--;
    this.drop(node);
  }

  /** Moves a name, in place of what had the new one. */
  rename(parent: number, name: string, toParent: number, toName: string): void {
    const node = this.find(parent, name);
    if (node === undefined) throw new FileError('ENOENT');
    const there = this.find(toParent, toName);
    if (there?.id === node.id) return;
    if (there !== undefined) this.remove(toParent, toName, node.kind);
    this.folderAt(parent).entries.delete(name);
    this.folderAt(toParent).entries.set(toName, node.id);
    if (node.kind === 'folder') node.parent = toParent;
  }

  /** The kernel holds a node less often. */
  forget(id: number, times: number): void {
    const node = this.nodes.get(id);
    if (node === undefined) return;
    node.lookups -= times;
    this.drop(node);
  }

  private drop(node: Node): void {
    if (node.links <= 0 && node.lookups <= 0 && node.id !== ROOT) this.nodes.delete(node.id);
  }

  private enter(parent: number, name: string, node: Node): void {
    const folder = this.folderAt(parent);
    folder.entries.set(name, node.id);
    folder.modifiedMs = this.nowMs();
    node.links++;
  }

  private add<N extends Node>(make: (id: number) => N): N {
    const node = make(this.next++);
    this.nodes.set(node.id, node);
    return node;
  }

  private folder(id: number, parent: number, owner: Owner): Folder {
    return { ...this.inode(id, owner, IS_FOLDER), kind: 'folder', entries: new Map(), parent };
  }

  private inode(id: number, { mode, uid, gid }: Owner, kind: number): Inode {
    const modifiedMs = this.nowMs();
    return { id, mode: (mode & RIGHTS) | kind, uid, gid, modifiedMs, links: 0, lookups: 0 };
  }
}
