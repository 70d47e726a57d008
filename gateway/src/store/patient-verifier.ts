import { organisationKey, rulesKey, type Organisation, type PatientVerifier, type Rules } from '@medaccord/chaincode/model';
import { statementVerifier } from './statement-verifier';

/** Checks what members signed about a patient by their keys and roles as the read model has them: at the block that is applied. */
export function newPatientVerifier(find: (key: string) => { readonly value: unknown } | undefined): PatientVerifier {
  return {
    ...statementVerifier,
    signingKeysOf: (mspId) => {
      const organisation = find(organisationKey(mspId))?.value as Organisation | undefined;
      return organisation === undefined ? [] : [organisation.signing];
    },
    isAuthority: (mspId) => (find(rulesKey())?.value as Rules | undefined)?.roles[mspId] === 'authority',
  };
}
