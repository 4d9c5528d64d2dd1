import type { Adversary } from './adversary.ts';
import { checkCouncil, type Council, type CouncilResult, type General, type Order } from './council.ts';

/** One council, for the length of the run. */
interface Oral {
  readonly council: Council;
  readonly adversary: Adversary;
  messages: number;
}

/**
 * Oral messages, OM(m) (Lamport, Shostak and Pease 1982, section 3): whoever hears a message knows who sent it and has nothing to show for it. With more
 * than 3m generals and at most m traitors loyal lieutenants agree, and obey a loyal commander. The adversary is asked for each
 * message of a traitor: 0 says `retreat` (or nothing), 1 says `attack`. Throws `CouncilError`.
 */
export function oralMessages(council: Council, adversary: Adversary): CouncilResult {
  checkCouncil(council);
  const run: Oral = { council, adversary, messages: 0 };
  const lieutenants = Array.from({ length: council.generals - 1 }, (_, i) => i + 1);
  const heard = command(run, { commander: 0, lieutenants, depth: council.depth, order: council.order });
  const loyal = lieutenants.filter((id) => !council.traitors.includes(id));
  return {
    decisions: new Map(loyal.map((id) => [id, heard.get(id) ?? 'retreat'])),
    messages: run.messages,
  };
}

interface Command {
  readonly commander: General;
  readonly lieutenants: readonly General[];
  readonly depth: number;
  readonly order: Order;
}

/** OM(depth): what each lieutenant makes of the commander's order in the end. */
function command(run: Oral, { commander, lieutenants, depth, order }: Command): Map<General, Order> {
  // (1) The commander sends his order to every lieutenant.
  const received = new Map<General, Order>();
  for (const lieutenant of lieutenants) {
    run.messages++;
    const lies = run.council.traitors.includes(commander);
    const said = lies ? (run.adversary(2) === 1 ? 'attack' : 'retreat') : order;
    received.set(lieutenant, said);
  }
  if (depth === 0) return received;
  // (2) Each lieutenant commands the others with what he received, in OM(depth - 1).
  const votes = new Map(lieutenants.map((id): [General, Order[]] => [id, [received.get(id) ?? 'retreat']]));
  for (const relay of lieutenants) {
    const others = lieutenants.filter((id) => id !== relay);
    const next = {
      commander: relay,
      lieutenants: others,
      depth: depth - 1,
      order: received.get(relay) ?? 'retreat',
    };
    for (const [id, heard] of command(run, next)) votes.get(id)?.push(heard);
  }
  // (3) Each obeys the majority.
  return new Map([...votes].map(([id, orders]) => [id, majority(orders)]));
}

/** What more than half say; else retreat. */
function majority(orders: readonly Order[]): Order {
  return orders.filter((order) => order === 'attack').length * 2 > orders.length ? 'attack' : 'retreat';
}

/** Messages of OM(m) among n generals: (n-1) + (n-1)(n-2) + ... , m + 1 terms. */
export function oralMessageCount(generals: number, depth: number): number {
  let total = 0;
  let term = 1;
  for (let level = 0; level <= depth; level++) {
    term *= generals - 1 - level;
    total += term;
  }
  return total;
}
