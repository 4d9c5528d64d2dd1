import { describe, expect, it } from 'vitest';
import {
  type Adversary,
  brokenCondition,
  type Council,
  CouncilError,
  everyBehaviour,
  oralMessageCount,
  oralMessages,
  searchCouncils,
  signedMessages,
} from '../../src/generals/index.ts';
import { expectGolden } from '../byzantine/golden.ts';
import { Dice } from '../raft/chaos.ts';

const honest: Adversary = () => 1;

describe('Byzantine generals, oral messages', () => {
  it('S2.25 of three generals one traitor makes two disagree', () => {
    const { broken } = searchCouncils(oralMessages, { generals: 3, depth: 1, traitors: 1 });
    // A loyal commander orders an attack, and the loyal lieutenant, told two things, retreats.
    expect(broken).toMatchObject({ condition: 'IC2', council: { traitors: [1], order: 'attack' } });
    expect([...(broken?.result.decisions ?? [])]).toEqual([[2, 'retreat']]);
  });

  it('S2.25 of four and five generals one traitor achieves nothing, whatever it does', () => {
    const four = searchCouncils(oralMessages, { generals: 4, depth: 1, traitors: 1 });
    // The traitor commands: 3 messages. It is a lieutenant: 2 messages, and two orders it may relay.
    expect(four).toEqual({ examined: 2 ** 3 + 2 * 2 ** 2, broken: undefined });
    const five = searchCouncils(oralMessages, { generals: 5, depth: 1, traitors: 1 });
    expect(five).toEqual({ examined: 2 ** 4 + 2 * 2 ** 3, broken: undefined });
  });

  it('S2.25 a second traitor among four, or no relaying, is too much', () => {
    expect(searchCouncils(oralMessages, { generals: 4, depth: 1, traitors: 2 }).broken).toBeDefined();
    expect(searchCouncils(oralMessages, { generals: 4, depth: 0, traitors: 1 }).broken?.condition).toBe(
      'IC1',
    );
  });

  it('S2.25 of six generals two traitors make others disagree; of seven they do not in 1,500 councils', () => {
    const broken = (generals: number, seeds: number): number[] => {
      const found: number[] = [];
      for (let seed = 1; seed <= seeds; seed++) {
        const dice = new Dice(seed);
        const traitors = seed % 2 === 0 ? [0, 1] : [1, 2];
        const order = seed % 4 < 2 ? 'attack' : 'retreat';
        const council: Council = { generals, depth: 2, order, traitors };
        // Some say the same to all, some this or that, some always the opposite.
        const bias = dice.below(5);
        const result = oralMessages(council, () => (dice.below(4) < bias ? 1 : 0));
        if (brokenCondition(council, result) !== undefined) found.push(seed);
      }
      return found;
    };
    expect(broken(6, 60)).not.toEqual([]);
    expect(broken(7, 1_500)).toEqual([]);
  });

  it('S2.25 OM(m) sends (n-1) + (n-1)(n-2) + ... messages', () => {
    for (const [generals, depth, messages] of [
      [4, 1, 9],
      [7, 2, 156],
      [10, 3, 3_609],
    ] as const) {
      const council: Council = { generals, depth, order: 'attack', traitors: [] };
      const result = oralMessages(council, honest);
      expect(result.messages).toBe(messages);
      expect(oralMessageCount(generals, depth)).toBe(messages);
      expect(brokenCondition(council, result)).toBeUndefined();
    }
  });
});

describe('Byzantine generals, signed messages', () => {
  it('S2.25 three generals bear a traitor, and four bear two, whatever they do', () => {
    const three = searchCouncils(signedMessages, { generals: 3, depth: 1, traitors: 1 });
    expect(three.broken).toBeUndefined();
    expect(three.examined).toBe(2 ** 4 + 2 * 2);
    const four = searchCouncils(signedMessages, { generals: 4, depth: 2, traitors: 2 });
    expect(four.broken).toBeUndefined();
    expect(four.examined).toBeGreaterThan(1_000);
  });

  it('S2.25 SM(1) does not bear two traitors: the second order comes when nobody can pass it on', () => {
    const { broken } = searchCouncils(signedMessages, { generals: 4, depth: 1, traitors: 2 });
    expect(broken).toMatchObject({ condition: 'IC1', council: { traitors: [0, 1] } });
  });

  it('S2.25 lieutenants who accept late orders are brought to disagree by one traitor', () => {
    const careless = searchCouncils(
      (council, adversary) => signedMessages(council, adversary, 'accepts-late'),
      { generals: 4, depth: 1, traitors: 1 },
    );
    expect(careless.broken).toMatchObject({ condition: 'IC1', council: { traitors: [0] } });
    const careful = searchCouncils(signedMessages, { generals: 4, depth: 1, traitors: 1 });
    expect(careful.broken).toBeUndefined();
  });

  it('S2.25 loyal generals send (n-1) + (n-1)(n-2) messages: each passes an order on once', () => {
    for (const generals of [3, 4, 7]) {
      const council: Council = { generals, depth: 2 - Number(generals === 3), order: 'attack', traitors: [] };
      const { messages, decisions } = signedMessages(council, honest);
      expect(messages).toBe(generals - 1 + (generals - 1) * (generals - 2));
      expect([...new Set(decisions.values())]).toEqual(['attack']);
    }
  });
});

describe('councils', () => {
  it('are held once for every behaviour, in order', () => {
    const seen = [...everyBehaviour((adversary) => `${adversary(2)}${adversary(3)}`)];
    expect(seen).toEqual(['00', '01', '02', '10', '11', '12']);
  });

  it('cannot be held without a lieutenant, at any depth, or with traitors who are not there', () => {
    const council: Council = { generals: 3, depth: 1, order: 'attack', traitors: [] };
    expect(() => oralMessages({ ...council, generals: 1 }, honest)).toThrow(CouncilError);
    expect(() => oralMessages({ ...council, depth: 2 }, honest)).toThrow(
      /depth must be a whole number from 0 to 1/,
    );
    expect(() => signedMessages({ ...council, traitors: [3] }, honest)).toThrow(
      /different generals from 0 to 2/,
    );
  });

  it('read like this', () => {
    const lines = [
      ['OM(1), 3 generals, 1 traitor', searchCouncils(oralMessages, { generals: 3, depth: 1, traitors: 1 })],
      ['OM(1), 4 generals, 1 traitor', searchCouncils(oralMessages, { generals: 4, depth: 1, traitors: 1 })],
      [
        'SM(1), 3 generals, 1 traitor',
        searchCouncils(signedMessages, { generals: 3, depth: 1, traitors: 1 }),
      ],
      [
        'SM(1), 4 generals, 2 traitors',
        searchCouncils(signedMessages, { generals: 4, depth: 1, traitors: 2 }),
      ],
      [
        'SM(2), 4 generals, 2 traitors',
        searchCouncils(signedMessages, { generals: 4, depth: 2, traitors: 2 }),
      ],
    ] as const;
    const text = lines.map(([name, { examined, broken }]) => {
      if (broken === undefined) return `${name}: agree in all ${examined} behaviours`;
      const { condition, council, result } = broken;
      const did = [...result.decisions].map(([id, order]) => `${id} ${order}s`).join(', ');
      const commander = council.traitors.includes(0)
        ? 'commander betrays'
        : `commander says ${council.order}`;
      return `${name}: ${condition} broken in behaviour ${examined}: ${commander}; traitors ${council.traitors.join(' ')}; ${did}`;
    });
    expectGolden('generals.txt', text.join('\n'));
  });
});
