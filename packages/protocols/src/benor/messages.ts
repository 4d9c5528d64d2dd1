/** What is decided about. */
export type Bit = 0 | 1;

/** What nodes say to each other (Ben-Or 1983, section 3). Rounds count from 1. */
export type BenOrMessage =
  /** First step of a round: the sender's value. One that `asks` is said again, by a node that waits: who is further answers. */
  | { readonly type: 'report'; readonly round: number; readonly value: Bit; readonly asks: boolean }
  /** Second step: the value that more than half reported, or null. */
  | { readonly type: 'proposal'; readonly round: number; readonly value: Bit | null }
  | { readonly type: 'decision'; readonly value: Bit };

const NAMES: Readonly<Record<BenOrMessage['type'], string>> = {
  report: 'Report',
  proposal: 'Proposal',
  decision: 'Decision',
};

/** The short name of a message. */
export function benOrMessageName(message: BenOrMessage): string {
  return NAMES[message.type];
}
