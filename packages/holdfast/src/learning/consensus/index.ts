export { logText, RaftLogs, type ServerLog } from './raftLogs.ts';
export { markRaft, type RaftQuestion, raftTask, type RaftTask } from './raftQuestions.ts';
