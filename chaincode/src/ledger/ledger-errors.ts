import { DomainError, type MspId } from '../model';

/** A stored value that is not what its key says: written past the rules. */
export class StateInvalid extends DomainError {
  constructor(type: string) {
    super('STATE_INVALID', `a stored ${type} is not one`, { type });
  }
}

export class TransientInputMissing extends DomainError {
  constructor(field: string) {
    super('TRANSIENT_INPUT_MISSING', `the transient field "${field}" is missing`, { field });
  }
}

export class PeerNotOwn extends DomainError {
  constructor(mspId: MspId) {
    super('PEER_NOT_OWN', 'only a peer of this organisation may do this: name it as the endorsing organisation', { mspId });
  }
}
