export {
  connectAgent,
  connectBridge,
  connectMetricsBridge,
  connectOrchestrator,
  connectService,
  connectTask,
  connectUser,
  connectWorkflowEngine,
} from './connect.ts';
export { openSession } from './open-session.ts';
export { createServiceFetch, type ServiceFetch, type ServiceRequestInit } from './proxy-client.ts';
export type {
  Handler,
  IncomingMessage,
  NoWait,
  ReceivedSignal,
  SendOptions,
  Sent,
  ServiceHandler,
  Session,
  SessionEventMap,
  SessionEvents,
  SessionOptions,
  SignalPort,
  TaskRun,
  Worker,
  WorkOptions,
} from './types.ts';
