export { compareTerms, describeTerms, newDefinitionTerms, type DefinitionTerms, type FieldDifference } from './definition';
export type { NamedDefinition } from './definition-messages';
export {
  queryApproved,
  queryCommitted,
  queryReadiness,
  type ApprovedDefinition,
  type CommittedDefinition,
  type MismatchedPart,
  type Readiness,
} from './definition-queries';
export { formatReadiness, readMembers, type MemberReadiness } from './member-readiness';
export { chooseDefinition, type Release } from './choose-definition';
export { approveDefinition } from './approve-definition';
export { commitDefinition } from './commit-definition';
export { agreeOnDefinition, type WaitForOthers } from './agree-on-definition';
export { deployDefinition, type DeploymentFacts, type WantedDeployment } from './deploy-definition';
