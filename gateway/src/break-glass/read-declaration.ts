import {
  askPreimage,
  askRef,
  formatCanonical,
  formatInstant,
  parseAsk,
  parseJson,
  type AccessRequest,
  type Ask,
  type Commitment,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Declared, Facts, RequestName } from '../store';
import { describe, type Declaration } from './list-declarations';

export interface DeclarationOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
}

/** What was stated when an emergency was declared. */
export interface Stated {
  /** The text that the request commits to, with its salt: with it any other organisation's reviewer can check what was declared. */
  readonly text: string;
  readonly reason: string;
  readonly statement: string;
  readonly person: Ask['person'];
  readonly categories: Ask['categories'];
}

/**
 * A declared emergency; `stated` at the custodian and at the organisation that declared, null elsewhere and where nothing valid was stated.
 * @throws CodedError RESOURCE_NOT_FOUND
 */
export async function readDeclaration(
  options: DeclarationOptions,
  name: RequestName,
): Promise<Declaration & { readonly stated: Stated | null }> {
  const declared = findDeclared(options.facts, name);
  return { ...describe(declared, formatInstant(Date.now())), stated: (await readStated(options, declared)) ?? null };
}

/** @throws CodedError RESOURCE_NOT_FOUND */
export function findDeclared(facts: Facts, { relationRef, requester, requestId }: RequestName): Declared {
  const request = facts.find<AccessRequest>('request', relationRef, `${requester}/${requestId}`)?.value;
  const all = request?.breakGlass === undefined ? [] : facts.listDeclared(request.breakGlass.unit);
  const found = all.find((one) => one.request.relationRef === relationRef && one.request.requestId === requestId);
  if (found?.request.by.mspId !== requester) throw newError('RESOURCE_NOT_FOUND', 'No such emergency was declared');
  return found;
}

/** What this organisation can open of a declaration. */
export async function readStated({ mspId, facts, sealed }: DeclarationOptions, { request }: Declared): Promise<Stated | undefined> {
  const relation = facts.find<RelationEntry>('relation', request.relationRef)?.value;
  if (mspId !== relation?.custodian && mspId !== request.by.mspId) return undefined;
  const text = await sealed.openText(askRef(request.relationRef, request.requestId));
  return text === undefined ? undefined : openStated(text, request.ask);
}

/** Opens a text as what a request commits to; nothing when it is another, or declares no emergency. */
export async function openStated(text: string, commitment: Commitment): Promise<Stated | undefined> {
  try {
    const ask = parseJson(parseAsk, text, 'declaration');
    const { emergency, person, categories } = ask;
    if (emergency === undefined || formatCanonical(ask) !== text || (await commit(askPreimage(ask))) !== commitment) return undefined;
    return { text, reason: emergency.reason, statement: emergency.statement, person, categories };
  } catch {
    return undefined;
  }
}
