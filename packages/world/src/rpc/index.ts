export { type CallEvents, type CallRequest, type CallStatus, ClientCall } from './call.ts';
export { FramedMux } from './framed.ts';
export { roundTrips, secure, type SecurityOptions } from './handshake.ts';
export {
  type BrokenStream,
  HTTP1_LIKE,
  HTTP2_LIKE,
  HTTP3_LIKE,
  type Mux,
  type MuxEvents,
  type MuxOptions,
  type MuxStream,
} from './mux.ts';
export { connectPackets, listenPackets, PacketMux, type PacketOpening } from './packetMux.ts';
export { type Drain, Pipe, type Source } from './pipe.ts';
export { serve, ServedCall, type ServedEvents } from './served.ts';
