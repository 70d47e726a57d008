import { appealRef, parseSigned, type RelationEntry } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import { newError } from '../problem';
import type { Parcel } from '../store';
import type { AppealOptions } from './appeal-options';
import { submitAppeal, type MadeAppeal } from './submit-appeal';

export interface SignedDispute {
  /** The patient's statement. */
  readonly appeal: string;
  /** By MSP id: the grounds, sealed to hospital and insurer, and to the authority that is to decide. */
  readonly grounds: Readonly<Record<string, string>>;
}

/**
 * Takes an appeal that the patient signed, whichever member she brings it to; handed in again it has one effect.
 * @throws CodedError RELATION_UNKNOWN; REQUEST_INVALID where the envelopes are not those that she signed; APPEAL_NOT_OPEN and others of the
 * ledger; SignatureInvalid
 */
export async function takeDispute(options: AppealOptions, { appeal, grounds }: SignedDispute): Promise<MadeAppeal> {
  const { issuedAt: _, ...said } = parseSigned('appeal', appeal, 'body.appeal').payload;
  const { relationRef, claimId, number, sealed } = said;
  const relation = options.store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger');
  await verifyJws('appeal', appeal, relation.keys.signing);
  assertNamed(grounds, sealed);
  const place = appealRef(relationRef, claimId, number);
  const parcels = Object.entries(grounds).map(([organisation, envelope]): Parcel => ({ ...place, kind: 'appeal', organisation, envelope }));
  return submitAppeal(options, { ...said, statement: appeal }, parcels);
}

/** Another envelope is not taken into the outbox, and none is left out: the grounds would reach nobody. */
function assertNamed(grounds: SignedDispute['grounds'], named: Readonly<Record<string, string>>): void {
  const members = Object.keys(named);
  const isWhole = members.every((mspId) => grounds[mspId] !== undefined && digestOf(grounds[mspId]) === named[mspId]);
  if (isWhole && Object.keys(grounds).length === members.length) return;
  throw newError('REQUEST_INVALID', 'body.grounds: must hold the envelopes that the patient signed', {
    details: { problems: [{ place: 'body.grounds', problem: 'is not what the statement names' }] },
  });
}
