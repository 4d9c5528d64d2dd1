import type { Channel, ChannelModel, ConfirmChannel, GetMessage } from 'amqplib';
import type { Plain } from '@holdfast/plain';
import { LiveError, textOf } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import type { Member } from '../cluster.ts';

/** The queue whose one message is the mutex. */
const MUTEX = 'mutex';
/** The mode in which messages are taken out and not acknowledged: a broken consumer. */
export const UNACKNOWLEDGED = 'unacknowledged';

const QUORUM = { durable: true, arguments: { 'x-queue-type': 'quorum' } } as const;

/** Who holds the mutex's message, and the connection that holds it. */
interface Held {
  readonly channel: Channel;
  readonly message: GetMessage;
}

/** Clients of the nodes, on amqplib, each with the connections it needs. */
export class RabbitClients {
  private readonly connections = new Map<string, ChannelModel>();
  private readonly held = new Map<string, Held>();

  /** Whether a node lets clients in. */
  async answers(member: Member, deadlineMs: number): Promise<boolean> {
    await this.connection(member, `probe ${member.name}`, deadlineMs);
    return true;
  }

  /** Declares the mutex with so many copies and puts its one message in; true once it is there. */
  async prepare(member: Member, copies: number, deadlineMs: number): Promise<boolean> {
    const channel = await within(
      this.connection(member, 'prepare', deadlineMs).then((to) => to.createConfirmChannel()),
      deadlineMs,
    );
    try {
      const arguments_ = { ...QUORUM.arguments, 'x-quorum-initial-group-size': copies };
      const queue = await within(
        channel.assertQueue(MUTEX, { durable: true, arguments: arguments_ }),
        deadlineMs,
      );
      if (queue.messageCount === 0) await within(confirmed(channel, MUTEX, null), deadlineMs);
      return (await within(channel.checkQueue(MUTEX), deadlineMs)).messageCount === 1;
    } finally {
      await channel.close().catch(() => undefined);
    }
  }

  /** One attempt. Never rejects. */
  async perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    try {
      return await within(this.attempt(member, action, deadlineMs), deadlineMs);
    } catch (error) {
      // A message may have been taken or stored though nobody says so.
      return { outcome: 'unknown', output: textOf(error) };
    }
  }

  /** Closes every connection, which gives back what was held. */
  close(): void {
    for (const connection of this.connections.values()) void connection.close().catch(() => undefined);
    this.connections.clear();
    this.held.clear();
  }

  private async attempt(
    member: Member,
    { f, key = MUTEX, input, mode }: Action,
    deadlineMs: number,
  ): Promise<Answer> {
    const holder = holderOf(input) ?? member.name;
    switch (f) {
      case 'acquire':
        return this.acquire(member, key, holder, deadlineMs);
      case 'release':
        return this.release(key, holder);
      case 'enqueue': {
        const connection = await this.connection(member, `queue ${member.name}`, deadlineMs);
        const channel = await connection.createConfirmChannel();
        await channel.assertQueue(key, QUORUM);
        await confirmed(channel, key, input);
        await channel.close();
        return { outcome: 'ok', output: null };
      }
      case 'dequeue':
        return this.dequeue(member, key, mode !== UNACKNOWLEDGED, deadlineMs);
      default:
        return { outcome: 'fail', output: `rabbitmq has no action '${f}'` };
    }
  }

  /** Takes a message out. What is not acknowledged is given back when its channel ends, and comes out again. */
  private async dequeue(
    member: Member,
    queue: string,
    acknowledges: boolean,
    deadlineMs: number,
  ): Promise<Answer> {
    const connection = await this.connection(member, `queue ${member.name}`, deadlineMs);
    const channel = await connection.createChannel();
    await channel.assertQueue(queue, QUORUM);
    const message = await channel.get(queue, { noAck: false });
    if (message !== false && acknowledges) channel.ack(message);
    await channel.close();
    if (message === false) return { outcome: 'fail', output: 'empty' };
    return { outcome: 'ok', output: JSON.parse(message.content.toString('utf8')) as Plain };
  }

  /** Takes the message and keeps it: nobody else can have it until it is given back, or the server thinks its holder gone. */
  private async acquire(member: Member, queue: string, holder: string, deadlineMs: number): Promise<Answer> {
    const connection = await this.connection(member, `holder ${holder}`, deadlineMs);
    const channel = await connection.createChannel();
    let message: GetMessage | false;
    try {
      message = await channel.get(queue, { noAck: false });
    } catch (error) {
      // A channel that has ended holds nothing: what it may have taken is given back.
      return { outcome: 'fail', output: textOf(error) };
    }
    if (message === false) {
      await channel.close();
      return { outcome: 'fail', output: 'held by another' };
    }
    this.held.set(`${queue} ${holder}`, { channel, message });
    return { outcome: 'ok', output: null };
  }

  private async release(queue: string, holder: string): Promise<Answer> {
    const held = this.held.get(`${queue} ${holder}`);
    if (held === undefined) return { outcome: 'fail', output: `${holder} does not hold ${queue}` };
    this.held.delete(`${queue} ${holder}`);
    held.channel.nack(held.message, false, true);
    await held.channel.close();
    return { outcome: 'ok', output: null };
  }

  private async connection(member: Member, purpose: string, deadlineMs: number): Promise<ChannelModel> {
    const known = this.connections.get(purpose);
    if (known !== undefined) return known;
    const { connect } = await amqplib();
    const url = `amqp://guest:guest@${member.address}?heartbeat=0`;
    const made = await connect(url, { timeout: deadlineMs });
    const forget = (): void => void this.connections.delete(purpose);
    made.on('error', forget);
    made.on('close', forget);
    this.connections.set(purpose, made);
    return made;
  }
}

async function amqplib(): Promise<typeof import('amqplib')> {
  try {
    return await import('amqplib');
  } catch (error) {
    throw new LiveError(
      'PROGRAM_MISSING',
      `Cannot speak to rabbitmq: ${textOf(error)}`,
      "run 'npm install amqplib'",
    );
  }
}

function confirmed(channel: ConfirmChannel, queue: string, value: Plain): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(value)), { persistent: true }, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(new Error('the server refused the message'));
    });
  });
}

function holderOf(input: Plain): string | undefined {
  if (typeof input !== 'object' || input === null || !('holder' in input)) return undefined;
  return typeof input.holder === 'string' ? input.holder : JSON.stringify(input.holder);
}

function within<T>(asked: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${deadlineMs} ms`)), deadlineMs);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
