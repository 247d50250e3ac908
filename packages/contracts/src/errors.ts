/** Why a chain cannot be used; `code` is stable, the message is for people. */
export class ContractsError extends Error {
  override readonly name = 'ContractsError';
  readonly code:
    | 'UNKNOWN_CHAIN'
    | 'UNSET_DEPLOYMENT'
    | 'INVALID_DEPLOYMENT'
    | 'DEPLOY_FAILED'
    | 'LOCAL_CHAIN_FAILED';

  constructor(code: ContractsError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
