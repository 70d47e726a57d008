import type { Proof } from '@medaccord/chaincode/model';
import type { DeletionStatus, HistoryEntry, OpenedNotice, OpenedRedisclosure } from '../story';

/** One line of a history with what only the patient can open of it. */
export type ToldEntry = HistoryEntry & {
  readonly opened?: OpenedNotice;
  readonly passedOn?: OpenedRedisclosure;
  /** Whether the custodian signed the receipt of a release. */
  readonly isSigned?: boolean;
};

type Formats = { readonly [K in HistoryEntry['kind']]: (entry: Extract<ToldEntry, { kind: K }>) => string };

const formats: Formats = {
  relation: ({ counterparty, assisted }) => `with ${counterparty}${assisted === true ? ', assisted' : ''}`,
  consent: ({ version, status, delegation, witness }) =>
    `version ${String(version)} ${status}${delegation === null ? '' : `, signed by delegate ${String(delegation)}`}${formatWitness(witness)}`,
  'consent-notice': ({ version, by, channel, effectiveAt }) =>
    `${by.mspId} gave notice of version ${String(version)} (${channel}), by ${shortOf(by)}: counts from ${effectiveAt}`,
  'consent-end': ({ version, by }) => `ended up to version ${String(version)} on the patient's word, by ${shortOf(by)} of ${by.mspId}`,
  delegation: formatDelegation,
  status: ({ status }) => `the custodian states: ${status}`,
  request: ({ by, purpose, proof, breakGlass }) =>
    `${by.mspId} ${breakGlass === undefined ? 'asks' : 'declares an emergency'}, ${purpose}${formatProof(proof)}`,
  referral: ({ by, endedAt, validity }) => `by ${by.mspId}, ${endedAt === null ? `until ${validity.until}` : 'ended'}`,
  decision: (entry) => {
    const { outcome, records, consentVersion, proof, deletion } = entry;
    const decided = `${outcome}, ${String(records)} resources, consent ${String(consentVersion ?? '-')}${formatProof(proof)}`;
    return `${decided}${formatReason(entry)}${formatTimeBox(entry)}${formatReceipt(entry)}${formatDeletion(deletion)}`;
  },
  delivery: () => 'delivered',
  review: ({ by, isLate, outcome }) => `${by.mspId} reviews the emergency: ${isLate ? 'late, ' : ''}${outcome}`,
  deletion: ({ by, reason, redisclosureId }) =>
    `${by.mspId} ${redisclosureId === null ? 'deleted its copy' : 'told whom it passed records on to'}: ${reason}`,
  redisclosure: ({ by, records, purpose, passedOn, deletion }) =>
    `${by.mspId} passes ${String(records)} resources on to ${passedOn?.recipient ?? '(sealed)'}, ${purpose}${formatDeletion(deletion)}`,
  consultation: ({ mspId, role, purpose }) => `${role} of ${mspId} looks at the consent, ${purpose ?? 'purpose not stated'}`,
  coverage: ({ insurer, coverageId, version, status }) => `${insurer} covers you: ${status}, version ${String(version)} of ${coverageId}`,
  claim: ({ hospital, use, claimId, lines, duplicates, related }) => {
    const of = related === null ? '' : `, ${related.relationship} of ${related.claimId}`;
    return `${hospital} makes ${use} ${claimId}, ${String(lines)} lines${of}${duplicates === 0 ? '' : `  ${String(duplicates)} BILLED BEFORE`}`;
  },
  acknowledgement: ({ by, outcome, claimId, reason }) =>
    `${by.mspId} ${outcome === 'received' ? 'has' : 'gives back'} claim ${claimId}${reason === null ? '' : `: ${reason}`}`,
  adjudication: ({ claimId, n, outcome, status, manner, isOverridden }) => {
    const beside = isOverridden ? ', beside the rule' : '';
    return `claim ${claimId} decided (${String(n)}): ${outcome ?? status}, by ${manner === 'person' ? 'a person' : 'the rule'}${beside}`;
  },
};

/** One line for people. */
export function formatEntry(entry: ToldEntry): string {
  const format = formats[entry.kind] as (entry: ToldEntry) => string;
  return `${entry.at}  ${entry.kind.padEnd(14)}  ${format(entry)}`;
}

/** Who saw the card. */
function formatWitness(witness: Extract<ToldEntry, { kind: 'consent' }>['witness']): string {
  return witness === undefined ? '' : `, assisted, witness ${shortOf(witness.by)} of ${witness.by.mspId}`;
}

/** Enough of a pseudonym to compare and to ask its organisation about. */
function shortOf({ actor }: { readonly actor: string }): string {
  return actor.slice(0, 8);
}

function formatDelegation(entry: Extract<HistoryEntry, { readonly kind: 'delegation' }>): string {
  const by = entry.confirmedBy === null ? '' : `, confirmed by ${entry.confirmedBy}`;
  if (entry.act === 'end') return `delegate ${String(entry.of)} acts for you no longer${by}`;
  const kind = entry.opening === null ? '' : ` (${entry.opening.kind})`;
  return `delegate ${String(entry.n)}${kind} may ${entry.powers.join(', ')} until ${entry.validity.until}${by}`;
}

/** With the id of a referral or study, by which the patient finds it. */
function formatProof(proof: Proof | null): string {
  switch (proof?.kind) {
    case 'referral':
      return `, referral ${proof.referralId}`;
    case 'claim':
      return `, claim ${proof.claimId}`;
    case 'study':
      return `, study ${proof.studyId}`;
    default:
      return '';
  }
}

function formatReason({ opened }: Extract<ToldEntry, { kind: 'decision' }>): string {
  if (opened === undefined) return '';
  const { reason, emergency } = opened;
  return emergency === undefined ? ` (${reason})` : ` (${reason}; ${emergency.reason}: ${emergency.statement})`;
}

function formatTimeBox({ breakGlass }: Extract<ToldEntry, { kind: 'decision' }>): string {
  return breakGlass === undefined ? '' : `, readable until ${breakGlass.until}`;
}

function formatReceipt({ outcome, isSigned }: Extract<ToldEntry, { kind: 'decision' }>): string {
  return outcome === 'released' && isSigned === false ? '  RECEIPT NOT SIGNED BY THE CUSTODIAN' : '';
}

/** What the patient has to see at once: a copy that should be gone. */
function formatDeletion(deletion: DeletionStatus | null): string {
  return deletion?.status === 'outstanding' ? `  DELETION OUTSTANDING (${deletion.reason ?? ''})` : '';
}
