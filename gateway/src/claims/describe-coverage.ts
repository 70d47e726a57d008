import type { CoverageDocument } from '@medaccord/chaincode/model';

/** The terms of a coverage in words, for the patient who has to agree to them; the plan that they name is told beside (describePlan). */
export function describeCoverage(
  { planId, period, order, isInNetwork }: CoverageDocument,
  names: { insurer: string; hospital: string },
): string[] {
  const until = period.until === null ? 'on, without an end' : `until before ${period.until}`;
  return [
    `${names.insurer} covers what ${names.hospital} does for you from ${period.from} ${until}, by its plan ${planId} as it is published for each day.`,
    order === 'primary' ? 'It pays first, before any other insurer of yours.' : 'It pays second: another insurer of yours pays first.',
    isInNetwork ? `${names.hospital} belongs to its network.` : `${names.hospital} does not belong to its network: you may bear more.`,
    'If you sign, the hospital and the insurer know these terms; the ledger shows that there is a coverage, not which.',
  ];
}
