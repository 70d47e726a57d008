import {
  claimPreimage,
  claimRef,
  formatCanonical,
  parseClaimBody,
  parseJson,
  parseUtf8,
  type ClaimBody,
  type ClaimEntry,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import { readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';

interface Options {
  readonly sealed: Pick<SealedReader, 'read' | 'open'>;
}

/** A claim whose body is what its hospital commits to. */
export interface OpenedClaim {
  readonly claim: ClaimEntry;
  readonly body: ClaimBody;
}

/** What came of opening a body: nothing as long as it has not arrived, the reason for which the claim goes back when it is not the one. */
export type Opened = OpenedClaim | 'body-mismatch' | undefined;

export async function openClaim(options: Options, claim: ClaimEntry): Promise<Opened> {
  const [opened] = await openClaims(options, [claim]);
  return opened;
}

/** Opens the bodies of claims, in their order, with one question to the own peer for many. */
export async function openClaims({ sealed }: Options, claims: readonly ClaimEntry[]): Promise<readonly Opened[]> {
  const envelopes = await sealed.read(claims.map(({ relationRef, claimId }) => claimRef(relationRef, claimId)));
  return Promise.all(claims.map((claim, at) => openBody({ sealed }, claim, envelopes[at])));
}

async function openBody(options: Options, claim: ClaimEntry, envelope: string | undefined): Promise<Opened> {
  if (envelope === undefined) return undefined;
  const body = parseBody(await openBytes(options, claim, envelope));
  if (body === undefined || (await commit(claimPreimage(body))) !== claim.body) return 'body-mismatch';
  const { relationRef, claimId } = claim;
  const named = (one: Pick<ClaimBody, 'use' | 'coverageId' | 'related'>): string =>
    formatCanonical([relationRef, claimId, one.use, one.coverageId, one.related]);
  const isNamed = body.relationRef === relationRef && body.claimId === claimId && named(body) === named(claim);
  return isNamed ? { claim, body } : 'body-mismatch';
}

/** What somebody sealed that does not open is as good as another body. */
async function openBytes({ sealed }: Options, { relationRef, claimId }: ClaimEntry, envelope: string): Promise<Uint8Array> {
  try {
    return await sealed.open(claimRef(relationRef, claimId), envelope);
  } catch (error) {
    if (readCode(error) === 'DECRYPT_FAILED') return new Uint8Array();
    throw error;
  }
}

function parseBody(bytes: Uint8Array): ClaimBody | undefined {
  try {
    const text = parseUtf8(bytes) ?? '';
    const body = parseJson(parseClaimBody, text, 'body');
    return formatCanonical(body) === text ? body : undefined;
  } catch {
    return undefined;
  }
}
