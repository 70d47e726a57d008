import { formatUtf8, type Organisation, type SealedRef } from '@medaccord/chaincode/model';
import { seal } from '../crypto';
import { newError } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import type { SettlementOptions, Parties } from './settlement-options';

/** Seals a document of this insurer to the hospital and to itself. @throws CodedError ORGANISATION_NOT_FOUND */
export async function sealToBoth(
  { facts, key }: Pick<SettlementOptions, 'facts' | 'key'>,
  { hospital, insurer }: Parties,
  place: SealedRef,
  text: string,
): Promise<{ readonly hospital: string; readonly insurer: string }> {
  const keys = facts.find<Organisation>('organisation', hospital)?.value.encryption;
  if (keys === undefined) throw newError('ORGANISATION_NOT_FOUND', 'The hospital has not registered its keys');
  const bytes = formatUtf8(text);
  const [toHospital, own] = await Promise.all([
    seal(findSealingKey(keys), { ...place, recipient: hospital }, bytes),
    seal(key, { ...place, recipient: insurer }, bytes),
  ]);
  return { hospital: toHospital, insurer: own };
}
