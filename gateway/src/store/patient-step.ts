import type { PatientEntry } from '@medaccord/chaincode/model';

/** A statement about a patient that counted, by its kind. */
export interface PatientStep {
  readonly kind: string;
  readonly block: number;
  readonly transactionId: string;
}

/** The kind of statement that led from one entry to the next: the latest statement's, or an approval when that stayed the same. */
export function kindOfStep(before: PatientEntry | undefined, after: PatientEntry): string {
  if (before?.jws === after.jws) return 'recovery-approval';
  const header = JSON.parse(Buffer.from(after.jws.split('.')[0] ?? '', 'base64url').toString()) as { readonly typ: string };
  return header.typ.replace(/^medaccord-|\+jws$/g, '');
}
