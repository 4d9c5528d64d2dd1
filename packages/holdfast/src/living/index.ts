export { experimentNamed } from './named.ts';
export { Rerunner } from './rerunner.ts';
