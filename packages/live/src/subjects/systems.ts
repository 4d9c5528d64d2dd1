import { LiveError } from '../errors.ts';
import type { System } from './cluster.ts';
import { etcd } from './etcd/etcd.ts';
import { nats } from './nats/nats.ts';
import { postgres } from './postgres/postgres.ts';
import { rabbitmq } from './rabbitmq/rabbitmq.ts';
import { redis } from './redis/redis.ts';
import { zookeeper } from './zookeeper/zookeeper.ts';

/** Every system clusters can be made of. */
export const SYSTEMS: readonly System[] = [etcd, redis, postgres, zookeeper, nats, rabbitmq];

/** The system of that name. Throws `LiveError`. */
export function systemNamed(name: string): System {
  const found = SYSTEMS.find((system) => system.name === name);
  if (found !== undefined) return found;
  throw new LiveError(
    'UNKNOWN_NAME',
    `Cannot use '${name}' as a system: there is no adapter for it`,
    `use one of ${SYSTEMS.map((system) => system.name).join(', ')}`,
    name,
  );
}
