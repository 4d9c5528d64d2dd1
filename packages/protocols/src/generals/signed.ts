import type { Adversary } from './adversary.ts';
import { checkCouncil, type Council, type CouncilResult, type General, type Order } from './council.ts';

/** An order with the signatures of all it went through, the commander's first. */
export interface SignedOrder {
  readonly order: Order;
  readonly signers: readonly General[];
}

/**
 * Ways to break SM(m) on purpose.
 *
 * - `accepts-late`: a lieutenant accepts an order with fewer signatures than there were rounds: a traitor keeps it back until
 *   nobody can pass it on any more.
 */
export type SignedMessagesDefect = 'accepts-late';

interface Letter {
  readonly to: General;
  readonly signed: SignedOrder;
}

/** One council, for the length of the run. */
interface SignedCouncil {
  readonly council: Council;
  readonly adversary: Adversary;
  readonly defect: SignedMessagesDefect | undefined;
  /** Orders each loyal lieutenant holds: V of the paper. */
  readonly held: Map<General, Set<Order>>;
  /** What loyal generals signed and some traitor has got, as text: all that traitors can build on. */
  readonly known: Set<string>;
  messages: number;
}

/**
 * Signed messages, SM(m) (Lamport, Shostak and Pease 1982, section 4): an order carries the signature of everybody it went through, and no traitor can
 * forge a loyal one's; traitors sign for each other. With at most m traitors loyal lieutenants agree, and obey a loyal commander, however
 * many generals there are. The adversary is asked for each letter a traitor could send to a loyal one: 0 keeps it back, 1 sends
 * it. Throws `CouncilError`.
 */
export function signedMessages(
  council: Council,
  adversary: Adversary,
  defect?: SignedMessagesDefect,
): CouncilResult {
  checkCouncil(council);
  const { generals, depth, order, traitors } = council;
  const lieutenants = Array.from({ length: generals - 1 }, (_, i) => i + 1);
  const loyal = lieutenants.filter((id) => !traitors.includes(id));
  const held = new Map(loyal.map((id): [General, Set<Order>] => [id, new Set()]));
  const run: SignedCouncil = { council, adversary, defect, held, known: new Set(), messages: 0 };
  let letters: Letter[] = [];
  if (!traitors.includes(0)) letters = lieutenants.map((to) => ({ to, signed: { order, signers: [0] } }));
  for (let round = 1; round <= depth + 1; round++) {
    letters.push(...treason(run, round, loyal));
    run.messages += letters.length;
    letters = letters.flatMap((letter) => receive(run, round, letter));
  }
  return {
    decisions: new Map([...held].map(([id, orders]) => [id, choice(orders)])),
    messages: run.messages,
  };
}

/** One order alone is obeyed; none, or two of one commander, mean retreat. */
function choice(orders: ReadonlySet<Order>): Order {
  const [only] = orders;
  return orders.size === 1 && only !== undefined ? only : 'retreat';
}

/** What a general does with a letter: what he sends in the next round. */
function receive(run: SignedCouncil, round: number, { to, signed }: Letter): Letter[] {
  const { council, held, known } = run;
  const orders = held.get(to);
  if (orders === undefined) {
    known.add(textOf(signed));
    return [];
  }
  // As many signatures as rounds: what comes late could not be passed on by all who should hear it.
  const late = signed.signers.length < round && run.defect !== 'accepts-late';
  if (late || signed.signers.includes(to) || orders.has(signed.order)) return [];
  orders.add(signed.order);
  const signers = [...signed.signers, to];
  return Array.from({ length: council.generals }, (_, id) => id)
    .filter((id) => !signers.includes(id))
    .map((id) => ({ to: id, signed: { order: signed.order, signers } }));
}

/** The letters that traitors send to loyal lieutenants in a round. */
function treason(run: SignedCouncil, round: number, loyal: readonly General[]): Letter[] {
  const { council, adversary, defect } = run;
  const lengths = defect === 'accepts-late' ? Array.from({ length: round }, (_, i) => i + 1) : [round];
  const letters: Letter[] = [];
  for (const order of ['attack', 'retreat'] as const) {
    for (const signers of lengths.flatMap((length) => chains(council.generals, length))) {
      const signed = { order, signers };
      if (!isForgeable(run, signed)) continue;
      for (const to of loyal) {
        if (!signers.includes(to) && adversary(2) === 1) letters.push({ to, signed });
      }
    }
  }
  return letters;
}

/** Whether traitors can make it: what loyal ones signed of it they have got, and the rest is theirs, the last signature too. */
function isForgeable(
  { council: { traitors }, known }: SignedCouncil,
  { order, signers }: SignedOrder,
): boolean {
  const loyalEnd = signers.findLastIndex((id) => !traitors.includes(id)) + 1;
  if (loyalEnd === signers.length) return false;
  return loyalEnd === 0 || known.has(textOf({ order, signers: signers.slice(0, loyalEnd) }));
}

/** Every chain of so many different generals that begins with the commander. */
function chains(generals: number, length: number): General[][] {
  let all: General[][] = [[0]];
  for (let i = 1; i < length; i++) {
    all = all.flatMap((chain) =>
      Array.from({ length: generals }, (_, id) => id)
        .filter((id) => !chain.includes(id))
        .map((id) => [...chain, id]),
    );
  }
  return all;
}

function textOf({ order, signers }: SignedOrder): string {
  return `${order}:${signers.join(':')}`;
}
