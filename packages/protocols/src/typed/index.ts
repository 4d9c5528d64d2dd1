export { Fence, FencedLeases, FencedValue, type FencedWrite, type GrantedLease } from './fence.ts';
export { COMMIT_MOVES, type ProtocolMoves, SpentStateError, Standing } from './typestate.ts';
