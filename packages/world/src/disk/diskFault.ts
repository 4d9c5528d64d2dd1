/**
 * What can go wrong with a disk, as plain data. A fault without a `key` strikes a record drawn from the durable ones.
 *
 * Damage is found by whoever reads: every record carries a checksum and its own key. Only a stale read, a lying sync and the
 * key left behind by a misdirected write go unnoticed; they belong to the `unstable-storage` model. That unsynced writes are
 * lost is no fault of the disk but a matter of how its host crashes: see `Disk.crash`. Torn records and lying syncs show
 * only after a power failure.
 */
export type DiskFault =
  /** A durable record is damaged until it is written again. */
  | { readonly kind: 'disk-bit-rot'; readonly key?: string | undefined }
  /**
   * `read`: the next recovery gets another key's record in place of this one, and notices. `write`: the next durable
   * write lands on this key's record, which is damaged, while the key meant keeps its old version unnoticed.
   */
  | {
      readonly kind: 'disk-misdirected';
      readonly operation: 'read' | 'write';
      readonly key?: string | undefined;
    }
  /** The next recovery gets the previous version of the record, unnoticed. */
  | { readonly kind: 'disk-stale'; readonly key?: string | undefined }
  /** At a power failure the record being written is half written and the version it replaces is gone. Until healed. */
  | { readonly kind: 'disk-torn' }
  /** Writes are refused. Until healed. */
  | { readonly kind: 'disk-full' }
  /**
   * The next sync fails, once. With `losesPages` the unsynced writes it covered are dropped and the sync after it succeeds
   * without them, as Linux did (Rebello et al., "Can applications recover from fsync failures?", USENIX ATC 2020).
   */
  | { readonly kind: 'disk-fsync-fails'; readonly losesPages: boolean }
  /** Syncs report success and make nothing durable. Until healed. */
  | { readonly kind: 'disk-fsync-lies' }
  /** Syncs take this many times longer, 1 or more. Until healed. */
  | { readonly kind: 'disk-slow'; readonly factor: number };

/** The kinds of `DiskFault`. */
export type DiskFaultKind = DiskFault['kind'];
