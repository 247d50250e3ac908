// What a role needs, apart from what starts roles: that loads a gateway's and a chain's libraries.
export { required } from './environment.ts';
export { say, stateFact } from './report.ts';
