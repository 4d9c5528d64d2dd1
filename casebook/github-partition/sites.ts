import type { Core, Outbox } from 'holdfast';
import { fire as fireAuthority, hear as hearAsAuthority, newControl } from './authority.ts';
import {
  AUTHORITY,
  type Command,
  EAST,
  type Entry,
  type Message,
  type Policy,
  type Result,
  type Site,
  TIMES,
  WEST,
} from './model.ts';

type Out = Outbox<Message, Result>;

const UNCLEAR: Result = { ok: false, error: 'unclear' };

/** Two database sites and an authority that appoints one of them, under a policy for partitions. */
export function sites(policy: Policy, defect: string | undefined): Core<Site, Message, Command, Result> {
  return {
    name: 'two-sites',
    boot: ({ self }, out): Site => {
      const isAuthority = self === AUTHORITY;
      if (isAuthority) out.setTimer('watch', TIMES.watch);
      else out.setTimer('beat', 1, TIMES.beat);
      return {
        self,
        epoch: 1,
        primary: EAST,
        inSync: [EAST, WEST],
        mode: 'normal',
        log: [],
        acked: 0,
        peerHas: 0,
        dirty: false,
        waiting: {},
        reads: {},
        aside: [],
        control: isAuthority ? newControl() : null,
      };
    },
    step: (site, event, out): void => {
      if (site.control !== null) {
        if (event.kind === 'message') hearAsAuthority(site, event.from, event.message, defect, out);
        else if (event.kind === 'timer') fireAuthority(site, event.timer, policy, out);
        else if (event.kind === 'request')
          out.reply(event.id, { ok: false, error: 'redirect', node: site.primary });
      } else if (event.kind === 'message') hear(site, event.from, event.message, out);
      else if (event.kind === 'timer') fire(site, event.timer, policy, out);
      else if (event.kind === 'request') asked(site, event.id, event.command, out);
    },
    messageType: ({ type }) => type,
    view: ({ epoch, primary, mode, log, acked, control, self }) => ({
      role: control !== null ? `authority ${control.phase}` : primary === self ? 'leader' : 'replica',
      mode: control?.mode ?? mode,
      epoch,
      entries: log.length,
      acknowledged: acked,
    }),
  };
}

function asked(site: Site, id: number, { id: name, f, key, value }: Command, out: Out): void {
  if (f === 'read') {
    read(site, id, key, out);
    return;
  }
  const known = site.log.findIndex((entry) => entry.id === name);
  if (site.mode === 'no-authority' || site.mode === 'read-only') {
    // What is in the log already may still come true: that cannot be refused any more.
    out.reply(id, known === -1 ? { ok: false, error: 'rejected', why: site.mode } : UNCLEAR);
  } else if (site.primary !== site.self) {
    out.reply(id, { ok: false, error: 'redirect', node: site.primary });
  } else {
    const at = known === -1 ? site.log.push({ id: name, epoch: site.epoch, key, value }) - 1 : known;
    if (at < site.acked) out.reply(id, { ok: true, value: null });
    else (site.waiting[at] ??= []).push(id);
    if (known === -1) ship(site, out);
    acknowledge(site, out);
  }
}

/** Whoever has authority answers at once; a site without asks for news first, and then says what it has. */
function read(site: Site, id: number, key: string, out: Out): void {
  if (site.mode === 'no-authority' || site.mode === 'read-only') {
    site.reads[id] = key;
    beat(site, out);
    out.setTimer(`read/${id}`, TIMES.probe);
  } else if (site.primary === site.self) out.reply(id, { ok: true, value: valueOf(site, key) });
  else out.reply(id, { ok: false, error: 'redirect', node: site.primary });
}

function valueOf({ log, acked }: Site, key: string): unknown {
  return log.slice(0, acked).findLast((entry) => entry.key === key)?.value ?? null;
}

function fire(site: Site, timer: string, policy: Policy, out: Out): void {
  if (timer === 'beat') {
    beat(site, out);
    if (site.primary === site.self) ship(site, out);
    out.setTimer('beat', TIMES.beat);
  } else if (timer === 'lease') lapse(site, policy, out);
  else if (timer.startsWith('read/')) {
    const id = Number(timer.slice(5));
    const key = site.reads[id] ?? '';
    delete site.reads[id];
    if (site.mode === 'normal' || site.mode === 'alone') read(site, id, key, out);
    else out.reply(id, { ok: true, value: valueOf(site, key) });
  }
}

/** Nothing was heard of the authority for as long as its word lasts. */
function lapse(site: Site, policy: Policy, out: Out): void {
  if (site.primary === site.self && policy === 'both-writable') {
    // The wrong approach: it goes on alone, as its clients still reach it.
    site.mode = 'alone';
    site.inSync = [site.self];
    out.note('alone', { epoch: site.epoch });
    acknowledge(site, out);
    return;
  }
  site.mode = 'no-authority';
  out.note('fenced', { epoch: site.epoch });
  answerUnclear(site, out);
}

function answerUnclear(site: Site, out: Out): void {
  for (const ids of Object.values(site.waiting)) {
    for (const id of ids) out.reply(id, UNCLEAR);
  }
  site.waiting = {};
}

function hear(site: Site, from: number, message: Message, out: Out): void {
  switch (message.type) {
    case 'grant':
      granted(site, message, out);
      return;
    case 'append':
      append(site, from, message, out);
      return;
    case 'have':
      if (message.epoch !== site.epoch || site.primary !== site.self) return;
      site.peerHas = Math.max(site.peerHas, message.length);
      acknowledge(site, out);
      return;
    case 'tell':
      // Only once it follows: a log that still grows cannot be compared.
      if (message.epoch === site.epoch) {
        out.send(from, { type: 'told', epoch: site.epoch, ids: site.log.map(({ id }) => id) });
      }
      return;
    case 'set-aside':
      if (message.epoch !== site.epoch) return;
      if (site.dirty) {
        site.aside.push(...site.log.splice(message.keep));
        site.acked = Math.min(site.acked, message.keep);
        site.dirty = false;
      }
      out.send(from, { type: 'aside', epoch: site.epoch });
      return;
    default:
      return;
  }
}

function granted(site: Site, message: Extract<Message, { type: 'grant' }>, out: Out): void {
  const { epoch, primary, inSync, mode } = message;
  if (epoch < site.epoch) return;
  if (epoch > site.epoch) {
    answerUnclear(site, out);
    Object.assign(site, { epoch, primary, peerHas: 0, dirty: primary !== site.self });
    // What it held counts as acknowledged: whoever was told so must find it here.
    if (primary === site.self) site.acked = site.log.length;
    out.note(primary === site.self ? 'leads' : 'follows', { epoch });
  }
  site.inSync = [...inSync];
  site.mode = mode;
  out.setTimer('lease', TIMES.lease);
  if (primary === site.self) acknowledge(site, out);
}

function append(site: Site, from: number, message: Extract<Message, { type: 'append' }>, out: Out): void {
  if (message.epoch !== site.epoch || site.primary !== from || site.dirty) return;
  if (message.from <= site.log.length) {
    site.log.push(...message.entries.slice(site.log.length - message.from));
    site.acked = Math.max(site.acked, Math.min(message.acked, site.log.length));
  }
  out.send(from, { type: 'have', epoch: site.epoch, length: site.log.length });
}

function ship(site: Site, out: Out): void {
  const peer = site.self === EAST ? WEST : EAST;
  const entries: Entry[] = site.log.slice(site.peerHas);
  out.send(peer, { type: 'append', epoch: site.epoch, from: site.peerHas, entries, acked: site.acked });
}

/** A write is acknowledged once every site that counts holds it. */
function acknowledge(site: Site, out: Out): void {
  const held = site.inSync.length > 1 ? Math.min(site.log.length, site.peerHas) : site.log.length;
  while (site.acked < held) {
    const at = site.acked++;
    out.note('acked', { id: site.log[at]?.id ?? '', epoch: site.epoch });
    for (const id of site.waiting[at] ?? []) out.reply(id, { ok: true, value: null });
    delete site.waiting[at];
  }
}

function beat(site: Site, out: Out): void {
  const { epoch, log, acked, inSync } = site;
  const digest = log.reduce(
    (sum, { id }) => [...id].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 1_000_003, sum),
    7,
  );
  out.send(AUTHORITY, { type: 'beat', epoch, length: log.length, acked, digest, both: inSync.length > 1 });
}
