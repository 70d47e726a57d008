import {
  formatCanonical,
  type Actor,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { listDrawn } from '../claim-papers/list-drawn';
import { openAdjudication, readChain } from '../claim-papers/read-chain';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { toCodedError } from '../problem';
import { operationsOf, type AdjudicationOptions } from './adjudication-options';
import { writeDrafts, type Draft, type Written } from './draft';
import type { OpenedCoverage } from './open-coverage';
import { readElsewhere } from './read-elsewhere';

/** Who decides, where the rule alone does not. */
export interface DecidingPerson {
  readonly identity: LedgerIdentity;
  /** The person's pseudonym. */
  readonly person: Actor;
}

/** Outcomes of a transaction that may still come: what was prepared for it is kept. */
const open = ['uncertain', 'unavailable'];

/**
 * Puts adjudications of one coverage on the ledger, in their order, after the one that stands; then hospital and patient get the documents.
 * What is decided twice is refused: each has its place in the coverage's chain.
 * @throws CodedError of the ledger
 */
export async function submitAdjudications(
  options: AdjudicationOptions,
  coverage: OpenedCoverage,
  drafts: readonly Draft[],
  by?: DecidingPerson,
): Promise<readonly AdjudicationEntry[]> {
  const { transactions, mailer, projector, mspId } = options;
  const { coverageId, newest, terms, binding } = coverage;
  const name = { relationRef: newest.relationRef, coverageId };
  const chain = await readChain(options, name, coverage.accumulator);
  const preauthorizations = await openPreauthorizations(options, drafts);
  const authorized = preauthorizations.flatMap(({ decided }) => decided?.authorized ?? []);
  const elsewhere = await readElsewhere(options, coverage);
  const written = await writeDrafts(options, coverage, drafts, { chain, authorized, elsewhere });
  const parcels = written.flatMap(({ parcels: { hospital, patient } }) => [hospital, patient]);
  const request = { ...name, coverageVersion: newest.version, claims: written.map(claimOf), person: by?.person ?? null };
  await mailer.put(parcels);
  try {
    const { block, result } = await transactions.submit('AdjudicateClaims', request, {
      operation: `${operationsOf(coverageId)}${digestOf(written.map(({ text }) => text).join(''))}`,
      organisations: [mspId],
      mayLag: true,
      ...(by === undefined ? {} : { identity: by.identity }),
      input: {
        coverage: formatCanonical(terms),
        binding,
        used: chain.salt === null ? null : { used: chain.used, salt: chain.salt },
        preauthorizations: preauthorizations.map((document) => formatCanonical(document)),
        claims: written.map(inputOf),
      },
    });
    await projector.waitForBlock(block);
    return result.adjudications;
  } catch (error) {
    if (!open.includes(toCodedError(error).category)) await mailer.drop(parcels);
    throw error;
  }
}

const claimOf = ({ draft: { claim } }: Written): Pick<ClaimEntry, 'claimId'> => ({ claimId: claim.claimId });

function inputOf({ draft: { body, previous }, text, envelope, parcels }: Written): TransientInput<'AdjudicateClaims'>['claims'][number] {
  return {
    body: formatCanonical(body),
    ...(previous === undefined ? {} : { previous: formatCanonical(previous) }),
    document: text,
    envelope,
    hospital: digestOf(parcels.hospital.envelope),
    patient: digestOf(parcels.patient.envelope),
  };
}

/** The documents of the preauthorizations on which lines draw and that stand, in the order of their places. */
async function openPreauthorizations(options: AdjudicationOptions, drafts: readonly Draft[]): Promise<readonly AdjudicationDocument[]> {
  const opened = await Promise.all(listDrawn(drafts).map((claimId) => openStanding(options, drafts[0]?.claim, claimId)));
  return opened.flatMap((document) => document ?? []).sort((one, other) => one.position - other.position);
}

async function openStanding(
  options: AdjudicationOptions,
  of: ClaimEntry | undefined,
  claimId: string,
): Promise<AdjudicationDocument | undefined> {
  const { facts } = options;
  const claim = of && facts.find<ClaimEntry>('claim', of.relationRef, claimId)?.value;
  if (claim?.use !== 'preauthorization' || claim.coverageId !== of?.coverageId) return undefined;
  const standing = facts.find<AdjudicationEntry>('adjudication', claim.relationRef, claimId)?.value;
  return standing?.status === 'final' ? openAdjudication(options, standing) : undefined;
}
