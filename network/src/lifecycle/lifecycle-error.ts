import { CodedError } from '../coded-error';

/** What can go wrong with the administration of nodes, by stable code. */
export type LifecycleErrorCode =
  | 'MATERIAL_MISSING'
  | 'ORDERER_UNREACHABLE'
  | 'ORDERER_REFUSED'
  | 'PEER_UNREACHABLE'
  | 'PEER_REFUSED'
  | 'PEER_BEHIND'
  | 'DEFINITION_NOT_READY'
  | 'DEFINITION_DIFFERS'
  | 'APPROVAL_LOST';

/** `message` names the node, the call and what it answered. */
export class LifecycleError extends CodedError<LifecycleErrorCode> {}
