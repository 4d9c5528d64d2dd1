import { createHash } from 'node:crypto';

/** The id etcd gives a member before it starts: the first eight bytes of the SHA-1 of its peer URL and the cluster's token. */
export function etcdMemberId(peerUrl: string, token: string): bigint {
  return createHash('sha1').update(peerUrl).update(token).digest().readBigUInt64BE(0);
}
