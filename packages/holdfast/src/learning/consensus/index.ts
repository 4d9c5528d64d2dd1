export {
  ELECTION_BLANK,
  ELECTION_SEEDS,
  type ElectionDesign,
  type ElectionStep,
  gradeElection,
} from './electionKata.ts';
export {
  type Block,
  catchUp,
  catchUpByPaper,
  type GivenUp,
  type MinersOptions,
  type MinersRun,
  race,
  runMiners,
} from './nakamoto.ts';
export {
  gradeRaft,
  type OwnRaft,
  RAFT_BLANK,
  RAFT_STAGE_SEEDS,
  RAFT_STAGES,
  type RaftStage,
} from './raftPath.ts';
export { fenceRun, type FenceStep } from './fenceHand.ts';
export { paxosRun, type PaxosScene, type PaxosStep } from './paxosHand.ts';
export { logText, RaftLogs, type ServerLog } from './raftLogs.ts';
export { markRaft, type RaftQuestion, raftTask, type RaftTask } from './raftQuestions.ts';
