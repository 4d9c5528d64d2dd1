export { checksumOf } from './checksum.ts';
export { StreamConnection } from './connection.ts';
export type { CloseReason, StreamEvents, StreamFigures, StreamState } from './events.ts';
export { Endpoint } from './endpoint.ts';
export {
  judgeStream,
  numbered,
  type StreamBreach,
  type StreamGuarantee,
  type StreamRun,
} from './judge.ts';
export { LazyTimer } from './lazyTimer.ts';
export { Listener } from './listener.ts';
export {
  type KeepaliveOptions,
  STREAM_DEFAULTS,
  type StreamDefect,
  type StreamOptions,
  streamOptions,
} from './options.ts';
export {
  ACK,
  type Address,
  ANYCAST,
  type Datagram,
  FIN,
  type Flow,
  flowKey,
  type Packet,
  packetBytes,
  packetHash,
  packetLabel,
  RST,
  type Segment,
  SYN,
  type TooBig,
  turned,
} from './packet.ts';
export { StreamReceiver } from './receiver.ts';
export { RoundTrip } from './roundTrip.ts';
export { Router, type RouterOptions } from './router.ts';
export { NoPortLeftError, type StackCounters, type StackPlace, TransportStack } from './stack.ts';
