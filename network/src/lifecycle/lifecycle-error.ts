/** What can go wrong with the administration of nodes, by stable code. */
export type LifecycleErrorCode =
  | 'MATERIAL_MISSING'
  | 'ORDERER_UNREACHABLE'
  | 'ORDERER_REFUSED'
  | 'PEER_UNREACHABLE'
  | 'PEER_REFUSED'
  | 'PEER_BEHIND'
  | 'DEFINITION_NOT_READY'
  | 'DEFINITION_DIFFERS';

/** `message` names the node, the call and what it answered; `hint` is the way out. */
export class LifecycleError extends Error {
  readonly code: LifecycleErrorCode;
  readonly hint: string | undefined;

  constructor(code: LifecycleErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LifecycleError';
    this.code = code;
    this.hint = hint;
  }
}
