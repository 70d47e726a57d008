import { RequestInvalid, type ClaimBodyLine, type NamedRecord, type RecordId, type SubjectRef } from '@medaccord/chaincode/model';
import { parseReference } from '../fhir';
import { newError } from '../problem';
import { findWithdrawal, type IndexedRecord } from '../store';
import type { BillingOptions } from './billing-options';
import type { WishedLine } from './claim-wish';

/** The kinds of record that are of a service itself. */
const services: readonly string[] = ['Procedure', 'Immunization', 'MedicationRequest'];

/**
 * Lines with what opens their records' commitments to the patient. The record of a line is that of the service itself; where it names none,
 * its encounter, else the first.
 * @throws CodedError RESOURCE_NOT_FOUND for a record that is not there, withdrawn, or not hers; RequestInvalid for a line without one
 */
export function newBodyLines(
  options: Pick<BillingOptions, 'mspId' | 'store'>,
  lines: readonly WishedLine[],
  subjectRef: SubjectRef,
): ClaimBodyLine[] {
  return lines.map((line, at) => {
    const found = line.records.map((name) => findRecord(options, name, subjectRef));
    const records = [...new Map(found.map((one) => [one.recordId, one])).values()];
    const item = records.find(({ type }) => services.includes(type)) ?? records.find(({ type }) => type === 'Encounter') ?? records[0];
    if (item === undefined)
      throw new RequestInvalid(`body.lines[${String(at)}].records`, 'one record at least, or the encounter of the claim');
    const first = options.store.index.findVersion(item.recordId, 1) ?? item;
    return {
      ...line,
      records: records.map((record) => ({ ...nameOf(record), subjectSalt: saltOf(record) })),
      item: { recordId: item.recordId as RecordId, subjectSalt: saltOf(first) },
    };
  });
}

function findRecord({ mspId, store }: Pick<BillingOptions, 'mspId' | 'store'>, name: string, subjectRef: SubjectRef): IndexedRecord {
  const reference = parseReference(name);
  const record = reference === undefined ? store.index.find(name) : store.index.findResource(reference.type, reference.id);
  const isHers = record?.subjectRef === subjectRef && findWithdrawal(store.facts, mspId, record.recordId) === undefined;
  if (record === undefined || !isHers) throw newError('RESOURCE_NOT_FOUND', 'A line names a record that is not held of this patient');
  return record;
}

function nameOf({ recordId, version, type }: IndexedRecord): Omit<NamedRecord, 'subjectSalt'> {
  return { recordId: recordId as RecordId, version, type };
}

function saltOf({ salts: { subject } }: IndexedRecord): NamedRecord['subjectSalt'] {
  if (subject === null) throw newError('RESOURCE_NOT_FOUND', 'A line names a record that is not held of this patient');
  return subject;
}
