import { DomainError } from '../model';

export class RulesNotAdopted extends DomainError {
  constructor() {
    super('RULES_NOT_ADOPTED', 'the consortium has no rules yet: an admin of a member adopts the first version with AdoptRules');
  }
}

export class RulesAlreadyAdopted extends DomainError {
  constructor(version: number) {
    super('RULES_ALREADY_ADOPTED', 'the consortium has other rules: AdoptRules writes the first version only', { version });
  }
}
