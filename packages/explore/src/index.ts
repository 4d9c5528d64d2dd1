export { minimise } from './shrink/minimise.ts';
