export { BonafideCallbackHandler, type CallbackHandlerOptions } from './callback-handler.ts';
export { BonafideToolkit } from './toolkit.ts';
