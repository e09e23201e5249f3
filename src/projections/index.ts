export { migrate } from './migrations/index.ts';
