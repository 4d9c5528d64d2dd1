import type { Core, Outbox } from 'holdfast';
import {
  AWAY,
  classOf,
  type Command,
  HOME,
  type Message,
  type Policy,
  type Region,
  type Result,
  SILENCE_MS,
  type Stamped,
  SYNC_MS,
  WORDS,
} from './model.ts';

type Out = Outbox<Message, Result>;

/** A profile service in two regions, under a policy for partitions. */
export function regions(policy: Policy): Core<Region, Message, Command, Result> {
  return {
    name: 'profiles',
    boot: ({ self }, out): Region => {
      out.setTimer('sync', 1, SYNC_MS);
      out.setTimer('silence', SILENCE_MS);
      return { self, counter: 0, fields: {}, edits: [], cutOff: false, done: [], forwarded: {} };
    },
    step: (region, event, out): void => {
      if (event.kind === 'request') asked(region, policy, event.id, event.command, out);
      else if (event.kind === 'timer') fire(region, event.timer, out);
      else if (event.kind === 'message') hear(region, policy, event.from, event.message, out);
    },
    messageType: ({ type }) => type,
    view: ({ self, cutOff, edits, counter }) => ({
      role: self === HOME ? 'home' : 'away',
      mode: cutOff ? 'cut off' : 'together',
      edits: edits.length,
      counter,
    }),
  };
}

function asked(region: Region, policy: Policy, id: number, command: Command, out: Out): void {
  const why = refusal(region, policy, command);
  if (why !== undefined) {
    // What was forwarded before the cut may have been done: that cannot be refused any more.
    const isKnown = region.forwarded[command.id] !== undefined;
    out.reply(id, isKnown ? { ok: false, error: 'unclear' } : { ok: false, error: 'refused', why });
  } else if (isStrong(command, policy) && region.self !== HOME) {
    region.forwarded[command.id] = id;
    out.send(HOME, { type: 'forward', command });
  } else out.reply(id, carryOut(region, policy, command, out));
}

/** Under `accept-all` every field is like any other, and each region decides by itself. */
function isStrong({ key }: Command, policy: Policy): boolean {
  return classOf(key) === 'strong' && policy !== 'accept-all';
}

/** Why a region does not do what it is asked while it is cut off; undefined when it does. */
function refusal({ self, cutOff }: Region, policy: Policy, command: Command): string | undefined {
  if (!cutOff) return undefined;
  if (command.isWrite && policy === 'read-only') return WORDS.all;
  if (command.isWrite && policy === 'reject-writes' && self !== HOME) return WORDS.all;
  return isStrong(command, policy) && self !== HOME ? WORDS.strong : undefined;
}

function carryOut(region: Region, policy: Policy, command: Command, out: Out): Result {
  const { id, isWrite, key, value } = command;
  const isEdit = classOf(key) === 'merged';
  if (!isWrite) {
    if (!isEdit) return { ok: true, value: region.fields[key]?.value ?? null };
    return { ok: true, value: editsOf(region, key, policy).includes(key) ? Number(key.split('#')[1]) : null };
  }
  if (!region.done.includes(id)) {
    region.done.push(id);
    region.counter++;
    const stamp = { counter: region.counter, region: region.self };
    if (!isEdit) region.fields[key] = { value, ...stamp };
    else if (policy !== 'accept-all') region.edits.push(key);
    else {
      // Last writer wins on the whole field: whoever edits writes what it saw, with its own edit.
      const field = key.replace(/#.*$/, '');
      region.fields[field] = { value: [...editsOf(region, key, policy), key], ...stamp };
    }
    out.note('accepted', { id, key, class: classOf(key) });
    sync(region, out);
  }
  return { ok: true, value: null };
}

/** The edits a region holds of the field a key belongs to. */
export function editsOf({ edits, fields }: Region, key: string, policy: Policy): readonly string[] {
  const field = key.replace(/#.*$/, '');
  if (policy !== 'accept-all') return edits;
  return (fields[field]?.value ?? []) as readonly string[];
}

function fire(region: Region, timer: string, out: Out): void {
  if (timer === 'sync') {
    sync(region, out);
    out.setTimer('sync', SYNC_MS);
    return;
  }
  region.cutOff = true;
  out.note('cut off', {});
  for (const [name, id] of Object.entries(region.forwarded)) {
    if (id !== 0) out.reply(id, { ok: false, error: 'unclear' });
    region.forwarded[name] = 0;
  }
}

function sync({ self, counter, fields, edits }: Region, out: Out): void {
  out.send(self === HOME ? AWAY : HOME, { type: 'sync', counter, fields: { ...fields }, edits: [...edits] });
}

function hear(region: Region, policy: Policy, from: number, message: Message, out: Out): void {
  if (message.type === 'forward') {
    const result = carryOut(region, policy, message.command, out);
    out.send(from, { type: 'forwarded', id: message.command.id, result });
  } else if (message.type === 'forwarded') {
    const id = region.forwarded[message.id];
    delete region.forwarded[message.id];
    if (id !== undefined && id !== 0) out.reply(id, message.result);
  } else {
    region.cutOff = false;
    out.setTimer('silence', SILENCE_MS);
    region.counter = Math.max(region.counter, message.counter);
    for (const [key, theirs] of Object.entries(message.fields)) {
      if (isLater(theirs, region.fields[key])) region.fields[key] = theirs;
    }
    for (const edit of message.edits) if (!region.edits.includes(edit)) region.edits.push(edit);
  }
}

function isLater(a: Stamped, b: Stamped | undefined): boolean {
  return b === undefined || a.counter > b.counter || (a.counter === b.counter && a.region > b.region);
}
