import type { TransactionResponse, TransientInput } from '../../src/model';
import type { ConsortiumTwin, Endorsed } from './consortium-twin';
import { CLINIC, HOSPITAL, sealedText } from './story';

type Request = Pick<TransactionResponse<'RequestAccess'>['request'], 'relationRef' | 'requestId'>;
type Options = { readonly endorsers?: readonly string[]; readonly version?: number; readonly at?: string | undefined };

/** The hospital's gateway decides to release; not committed yet. */
export async function endorseDecision(
  twin: ConsortiumTwin,
  { relationRef, requestId }: Request,
  input: TransientInput<'DecideRelease'>,
  { endorsers = [HOSPITAL, CLINIC], version = 2, at }: Options = {},
): Promise<Endorsed> {
  const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: version })];
  return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input, endorsers, ...(at && { at }) });
}

/** The hospital's gateway delivers the first part, unless told otherwise the only one; not committed yet. */
export async function endorseDelivery(
  twin: ConsortiumTwin,
  { relationRef, requestId }: Request,
  {
    endorsers = [HOSPITAL, CLINIC],
    envelope = sealedText('delivery'),
    parts = 1,
    at,
  }: Omit<Options, 'version'> & { readonly envelope?: string; readonly parts?: number } = {},
): Promise<Endorsed> {
  const args = ['DeliverRecords', JSON.stringify({ relationRef, requestId, part: 1, parts })];
  return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input: { envelope }, endorsers, ...(at && { at }) });
}
