import { formatCanonical, settledFactsOf, type AdjudicationDocument, type ClaimBody, type Day, type Decision } from '../model';
import type { AdjudicationQuestion } from './adjudication-question';
import { isSound } from './check-items';
import type { Check } from './checker';

type Decided = NonNullable<AdjudicationDocument['decided']>;

/** Checks what the document says that the rule was told against what ledger and opened documents say. @throws ADJUDICATION_INVALID */
export function checkFacts(check: Check, { facts, releases }: Decided, question: AdjudicationQuestion): void {
  const { deceasedOn, evidence, decisions, ...settled } = facts;
  const expected = settledFactsOf(question, question.coverage, question.authorized);
  check(formatCanonical(settled) === formatCanonical(expected), 'states other facts than claim, coverage and preauthorizations');
  check(isDeathStated(deceasedOn, question.deceasedBy), "states another death than the patient's custodian");
  const lines = new Set(question.body.lines.map(({ sequence }) => sequence));
  check(
    decisions.every(({ line }) => lines.has(line)),
    'decides a line that the claim does not have',
  );
  checkEvidence(check, evidence, question);
  const isExplained = evidence.every((row) => isMissing(row, question));
  check(isExplained || releases.length > 0, 'states evidence without a release of it');
  check(
    question.releases.length === releases.length && question.releases.every((one) => isReleasedFor(one, question)),
    'names a release that is none for this claim',
  );
}

/** The day of death is not public: that she has died by a day is. */
function isDeathStated(deceasedOn: Day | null, deceasedBy: Day | null): boolean {
  return deceasedOn === null ? deceasedBy === null : deceasedBy !== null && deceasedOn <= deceasedBy;
}

type Row = Decided['facts']['evidence'][number];

/** Every row is of a record that its line names; a record that cannot support its line is stated as such, and as nothing else. */
function checkEvidence(check: Check, evidence: readonly Row[], question: AdjudicationQuestion): void {
  for (const row of evidence) {
    const named = namedBy(row, question);
    check(named.length > 0, 'states evidence that the line does not name');
    check(!row.isIntact || named.some((record) => isSound(question.records, record)), 'states a record as intact that is not');
  }
  for (const { sequence, records } of question.body.lines) {
    for (const record of records) {
      if (isSound(question.records, record)) continue;
      const isStated = evidence.some((row) => row.line === sequence && row.recordType === record.type && !row.isIntact);
      check(isStated, 'does not state that a record is not what the claim says');
    }
  }
}

/** Whether a row only says that a named record is not one of this patient, or withdrawn: that takes no release. */
function isMissing(row: Row, question: AdjudicationQuestion): boolean {
  return !row.isIntact && namedBy(row, question).some((record) => !isSound(question.records, record));
}

function namedBy({ line, recordType }: Row, { body }: { readonly body: ClaimBody }): ClaimBody['lines'][number]['records'] {
  const records = body.lines.find(({ sequence }) => sequence === line)?.records ?? [];
  return records.filter(({ type }) => type === recordType);
}

function isReleasedFor(release: Decision | undefined, { claim }: AdjudicationQuestion): boolean {
  const { outcome, proof } = release ?? {};
  return outcome === 'released' && proof?.kind === 'claim' && proof.claimId === claim.claimId;
}
