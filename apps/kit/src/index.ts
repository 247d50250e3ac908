export { approveByHand } from './approve-by-hand.ts';
export { required } from './environment.ts';
export { createWorkspace, type GatewayProcess, startGateway } from './gateway-process.ts';
export { type RecordedCall, type RpcRecorder, recordRpc } from './record-rpc.ts';
export { pollMs, reportSteps, say, stateFact } from './report.ts';
export { type RoleOptions, type RoleProcess, startRole } from './role-process.ts';
export { chapter, type Speaker, table, tell } from './timeline.ts';
