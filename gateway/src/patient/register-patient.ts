import { formatCanonical, formatUtf8, identityRef, parseSigned, type MspId } from '@medaccord/chaincode/model';
import { seal, verifyJws, type SealingPublicKey } from '../crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { Mailer } from '../sealed/mailer';
import type { Parcel, Projector } from '../store';

export interface RegisterPatientOptions {
  readonly mspId: MspId;
  readonly key: SealingPublicKey;
  readonly transactions: Transactions;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

export interface PatientDetails {
  readonly name: string;
  readonly birthDate: string;
  readonly nationalId?: string | undefined;
}

export interface Registration {
  readonly operation: string;
  /** JWS of kind `patient`. */
  readonly registration: string;
  readonly details: PatientDetails;
  readonly identity: LedgerIdentity;
}

/** Registers a patient's pseudonym and keys on the ledger; the identity details go sealed into the custodian's own collection. */
export async function registerPatient(
  { mspId, key, transactions, mailer, projector }: RegisterPatientOptions,
  { operation, registration, details, identity }: Registration,
): Promise<{ readonly subjectRef: string; readonly transactionId: string; readonly block: number }> {
  const { subjectRef, custodian, keys } = parseSigned('patient', registration, 'body.registration').payload;
  if (custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'The registration names another organisation as custodian');
  await verifyJws('patient', registration, keys.signing);
  const { name, birthDate, nationalId } = details;
  const plain = formatUtf8(formatCanonical({ name, birthDate, nationalId }));
  const ref = identityRef(subjectRef);
  const parcel: Parcel = {
    organisation: mspId,
    kind: 'identity',
    ref: ref.ref,
    id: ref.id,
    envelope: await seal(key, { ...ref, recipient: mspId }, plain),
  };
  await mailer.put([parcel]);
  const { transactionId, block } = await transactions.submit(
    'RegisterPatient',
    { registration },
    { operation: `patient/${operation}`, identity },
  );
  await mailer.deliver([parcel]);
  await projector.waitForBlock(block);
  return { subjectRef, transactionId, block };
}
