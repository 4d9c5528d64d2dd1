import { describe, expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector, type Text } from 'yjs';
import { Dice } from '../raft/chaos.ts';

/** A replica of a text and a list, as Yjs keeps them. */
interface Replica {
  readonly doc: Doc;
  readonly text: Text;
  /** Updates on their way to it. */
  inbox: Uint8Array[];
}

const SITES = 3;

/** Replicas whose updates go to all others: over links that lose, repeat and reorder. Client numbers are fixed, as Yjs breaks ties by them. */
function replicas(dice: Dice, collects = true): Replica[] {
  const all = Array.from({ length: SITES }, (_, i): Replica => {
    const doc = new Doc({ gc: collects });
    doc.clientID = i + 1;
    return { doc, text: doc.getText('text'), inbox: [] };
  });
  for (const one of all) {
    one.doc.on('update', (update: Uint8Array, origin: unknown) => {
      // What came over a link is passed on by nobody.
      if (origin === 'link') return;
      for (const other of all) {
        if (other === one || dice.below(5) === 0) continue;
        other.inbox.push(update);
        if (dice.below(5) === 0) other.inbox.push(update);
      }
    });
  }
  return all;
}

function edit({ doc, text }: Replica, dice: Dice): void {
  const list = doc.getArray<number>('list');
  const at = dice.below(text.length + 1);
  const roll = dice.below(4);
  if (roll === 0 && text.length > 0) text.delete(Math.min(at, text.length - 1), 1);
  else if (roll < 3) text.insert(at, String.fromCharCode(97 + dice.below(26)));
  else list.insert(dice.below(list.length + 1), [dice.below(100)]);
}

function deliver(replica: Replica, dice: Dice): void {
  if (replica.inbox.length === 0) return;
  const [update] = replica.inbox.splice(dice.below(replica.inbox.length), 1);
  if (update !== undefined) applyUpdate(replica.doc, update, 'link');
}

/** Everybody asks everybody for what it lacks: what was lost is found by comparing state vectors. */
function repair(all: readonly Replica[]): void {
  for (const one of all) {
    one.inbox = [];
    for (const other of all) {
      if (other === one) continue;
      applyUpdate(one.doc, encodeStateAsUpdate(other.doc, encodeStateVector(one.doc)), 'link');
    }
  }
}

const shown = ({ doc, text }: Replica): string =>
  JSON.stringify([text.toJSON(), doc.getArray('list').toJSON()]);

describe('texts and lists: Yjs as the subject', () => {
  it('replicas converge over links that lose, repeat and reorder, once each has asked for what it lacks', () => {
    let apart = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const dice = new Dice(seed);
      const all = replicas(dice);
      for (let step = 0; step < 80; step++) {
        const replica = dice.pick(all);
        if (dice.below(2) === 0) edit(replica, dice);
        else deliver(replica, dice);
      }
      if (new Set(all.map(shown)).size > 1) apart++;
      repair(all);
      expect(new Set(all.map(shown)).size, `seed ${seed}`).toBe(1);
    }
    // There was something to repair.
    expect(apart).toBeGreaterThan(4);
  });

  it('catalogue 112 a replica that was away for long converges, as tombstones keep their places', () => {
    const dice = new Dice(1);
    const [one, two, away] = replicas(dice) as [Replica, Replica, Replica];
    one.text.insert(0, 'abcdef');
    repair([one, two, away]);
    // It writes at a place that the others remove meanwhile, and for good.
    away.text.insert(3, 'X');
    one.text.delete(1, 4);
    two.text.insert(6, 'Z');
    for (let i = 0; i < 50; i++) two.text.insert(0, '.');
    two.text.delete(0, 50);
    repair([one, two, away]);
    expect([one, two, away].map(shown)).toEqual([1, 2, 3].map(() => '["aXfZ",[]]'));
  });
});
