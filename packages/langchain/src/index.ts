export { BonafideToolkit } from './toolkit.ts';
