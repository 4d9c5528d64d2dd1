import { abdLab } from '../abd/lab.ts';
import { benOrLab } from '../benor/lab.ts';
import { epaxosLab } from '../epaxos/lab.ts';
import { gossipLab } from '../gossip/lab.ts';
import { consensusCommitLab, threePhaseLab, twoPhaseLab } from '../commit/lab.ts';
import { coordinationApisLab } from '../coordination/apiLab.ts';
import { coordinationLab } from '../coordination/lab.ts';
import { failoverLab } from '../failover/lab.ts';
import { hotStuffLab } from '../hotstuff/lab.ts';
import { leaderlessLab } from '../leaderless/lab.ts';
import { leaseLab } from '../lease/lab.ts';
import { multiPaxosLab } from '../multipaxos/lab.ts';
import { paxosLab } from '../paxos/lab.ts';
import { pbftLab } from '../pbft/lab.ts';
import { rbftLab } from '../rbft/lab.ts';
import { leaderFollowerLab } from '../replication/lab.ts';
import { swimLab } from '../swim/lab.ts';
import { tendermintLab } from '../tendermint/lab.ts';
import { viewstampedLab } from '../viewstamped/lab.ts';
import { zabLab } from '../zab/lab.ts';
import type { ProtocolLab } from './lab.ts';

/** Every protocol that comes with a laboratory, in the order of lists. */
export const LABS: readonly ProtocolLab[] = [
  abdLab,
  benOrLab,
  epaxosLab,
  gossipLab,
  consensusCommitLab,
  coordinationLab,
  coordinationApisLab,
  failoverLab,
  hotStuffLab,
  leaderlessLab,
  leaseLab,
  multiPaxosLab,
  paxosLab,
  pbftLab,
  rbftLab,
  leaderFollowerLab,
  swimLab,
  tendermintLab,
  threePhaseLab,
  twoPhaseLab,
  viewstampedLab,
  zabLab,
];
