import type { PatientEntry } from '@medaccord/chaincode/model';
import type { Database, Row } from './database';
import type { Applied, Facts, Position } from './facts';

/** Filled while blocks are applied. */
export const patientStepTable = `
CREATE TABLE patient_step (ref TEXT NOT NULL, kind TEXT NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL, transaction_id TEXT NOT NULL,
  PRIMARY KEY (ref, block, position)) STRICT, WITHOUT ROWID`;

/** A statement about a patient that counted, by its kind. */
export interface PatientStep {
  readonly kind: string;
  readonly block: number;
  readonly transactionId: string;
}

/** What happened to the keys of each patient: every statement that counted, which her entry itself does not keep. */
export class PatientSteps {
  readonly #facts: Pick<Facts, 'find'>;
  readonly #add;
  readonly #list;

  constructor(database: Database, facts: Pick<Facts, 'find'>) {
    this.#facts = facts;
    this.#add = database.prepare('INSERT INTO patient_step VALUES (?, ?, ?, ?, ?)');
    this.#list = database.prepare('SELECT kind, block, transaction_id FROM patient_step WHERE ref = ? ORDER BY block, position');
  }

  /** Oldest first. */
  list(subjectRef: string): readonly PatientStep[] {
    return this.#list.all(subjectRef).map((row) => {
      const { kind, block, transaction_id: transactionId } = row as Row;
      return { kind: String(kind), block: Number(block), transactionId: String(transactionId) };
    });
  }

  /** Looks at what counts before it takes the place of what counted. */
  keep({ block, index, transactionId }: Position, { type, ref, value: after }: Applied): void {
    if (type !== 'patient') return;
    const before = this.#facts.find<PatientEntry>(type, ref)?.value;
    this.#add.run(ref, kindOfStep(before, after), block, index, transactionId);
  }
}

/** The kind of statement that led from one entry to the next: the latest statement's, or an approval when that stayed the same. */
function kindOfStep(before: PatientEntry | undefined, after: PatientEntry): string {
  if (before?.jws === after.jws) return 'recovery-approval';
  const header = JSON.parse(Buffer.from(after.jws.split('.')[0] ?? '', 'base64url').toString()) as { readonly typ: string };
  return header.typ.replace(/^medaccord-|\+jws$/g, '');
}
