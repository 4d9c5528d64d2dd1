export { SCHEDULER_BLANK, type SchedulerDesign } from './design.ts';
export { gradeScheduler, schedulerExperiment } from './grade.ts';
