export {
  type ChainName,
  type Deployment,
  deployments,
  type PublishedDeployment,
  requireDeployment,
} from './deployments.ts';
export { ContractsError } from './errors.ts';
export {
  agenticCommerceAbi,
  courtAbi,
  errorsAbi,
  identityRegistryAbi,
  reputationRegistryAbi,
  testUsdcAbi,
} from './generated/abi.ts';
export {
  authorizationNonce,
  encodeDeliverableUri,
  encodeProposal,
  permitTypes,
  receiveWithAuthorizationTypes,
  type TermsProposal,
  type TypedDataDomain,
  termsDomain,
  termsTypes,
  usdcDomain,
} from './typed-data.ts';
