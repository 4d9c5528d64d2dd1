/** How to undo one thing that was done to the machine, as data: it outlives the process that wrote it. */
export type Undo =
  /** Ends every process that carries the run's mark. */
  | { readonly kind: 'processes' }
  /** Lets a stopped process go on; `startedAt` tells it from a later process of the same number. */
  | { readonly kind: 'continue'; readonly pid: number; readonly startedAt: string }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'link'; readonly name: string }
  | { readonly kind: 'mount'; readonly path: string }
  | { readonly kind: 'rules'; readonly namespace: string; readonly table: string }
  | { readonly kind: 'folder'; readonly path: string };

/** One line of words for a person. */
export function describeUndo(undo: Undo): string {
  switch (undo.kind) {
    case 'processes':
      return 'end the processes of the run';
    case 'continue':
      return `let process ${undo.pid} go on`;
    case 'namespace':
      return `delete network namespace ${undo.name}`;
    case 'link':
      return `delete network link ${undo.name}`;
    case 'mount':
      return `unmount ${undo.path}`;
    case 'rules':
      return `delete packet rules ${undo.table} in ${undo.namespace}`;
    case 'folder':
      return `remove folder ${undo.path}`;
  }
}
