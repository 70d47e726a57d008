import { DomainError, type SealedRef } from '../model';

export class SealedAlreadyStored extends DomainError {
  constructor({ kind, ref, id }: SealedRef) {
    super('SEALED_ALREADY_STORED', 'another value is stored here, and nothing replaces it', { kind, ref, id });
  }
}
