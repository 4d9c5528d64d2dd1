/** Where the members of a cluster live: an address each, and how to start a process there. */
export interface Site {
  readonly kind: 'loopback' | 'namespaces' | 'vxlan';
  /** The address of a member's host, by its place in the cluster. */
  hostOf(index: number): string;
  /** The command, as it must be started to run on that host. The process started is the program itself. */
  at(index: number, words: readonly string[]): readonly string[];
  /** Ports of a member; fixed where every member has an address of its own. */
  ports(index: number, count: number): Promise<number[]>;
  /** Takes the site down again. */
  close(): void;
}
