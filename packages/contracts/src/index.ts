export { formatDeployment, parseDeployment } from './deployment-file.ts';
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
  arbitratorPoolAbi,
  courtAbi,
  disputesAbi,
  errorsAbi,
  identityRegistryAbi,
  jobTemplatesAbi,
  reputationRegistryAbi,
  testUsdcAbi,
  treasuryAbi,
  validationRegistryAbi,
} from './generated/abi.ts';
export {
  authorizationNonce,
  bondNonce,
  consentDomain,
  consentTypes,
  encodeDeliverableUri,
  encodeProposal,
  joinNonce,
  type NewJob,
  newJobNonce,
  permitTypes,
  type RulesStruct,
  receiveWithAuthorizationTypes,
  type TermsProposal,
  type TypedDataDomain,
  termsDomain,
  termsTypes,
  usdcDomain,
} from './typed-data.ts';
