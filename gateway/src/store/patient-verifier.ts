import { organisationKey, rulesKey, type Organisation, type PatientVerifier, type Rules } from '@medaccord/chaincode/model';
import { statementVerifier } from './statement-verifier';

/** Checks what members signed about a patient by their keys and roles as the read model has them: at the block that is applied. */
export function newPatientVerifier(find: <T>(key: string) => { readonly value: T } | undefined): PatientVerifier {
  return {
    ...statementVerifier,
    signingKeysOf: (mspId) => {
      const signing = find<Organisation>(organisationKey(mspId))?.value.signing;
      return signing === undefined ? [] : [signing];
    },
    isAuthority: (mspId) => find<Rules>(rulesKey())?.value.roles[mspId] === 'authority',
  };
}
