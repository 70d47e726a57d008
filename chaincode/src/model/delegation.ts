import { distinct, integer, nullable, object, oneOf, RequestInvalid, table, type Parsed, type Parser } from './encoding/parser';
import { categories, parseCategory } from './category';
import { parseCommitment, parseDigest, parseMspId, parseRelationRef, parseSalt } from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parseJwk } from './jwk';

/** What a delegate may do for a patient: consent in her name, revoke in her name, read what her wallet reads. None passes powers on. */
export const delegatePowers = ['consent', 'revoke', 'history'] as const;
export type DelegatePower = (typeof delegatePowers)[number];

/** What a delegate is to the patient. Sealed: that somebody has a guardian is nobody else's business. */
export const delegateKinds = ['guardian', 'power-of-attorney', 'support-person'] as const;
export type DelegateKind = (typeof delegateKinds)[number];

const number = integer(1, 1_000_000);
const common = {
  relationRef: parseRelationRef,
  /** Its place in the relation's chain of delegations. */
  n: number,
  /**
   * Null when the patient signs, with the relation's signing key. Otherwise the custodian signs for a patient who cannot, with its
   * organisation's signing key, and this authority signs the same statement.
   */
  confirmedBy: nullable(parseMspId),
  submitBy: parseInstant,
  issuedAt: parseInstant,
};

const parseGrant = object({
  ...common,
  act: oneOf(['grant']),
  /** The delegate's signing key, made for this relation alone. */
  key: parseJwk,
  powers: distinct(oneOf(delegatePowers), 1, delegatePowers.length),
  validity: parsePeriod,
  /** To the opening below. */
  opening: parseCommitment,
  /** Of the sealed opening: the custodian's, and the authority's that confirms. */
  sealed: table(parseMspId, parseDigest, 2),
});
/** Lets somebody act for a patient in one relation, for a time. */
export type DelegationGrant = Parsed<typeof parseGrant>;

const parseEnd = object({
  ...common,
  act: oneOf(['end']),
  /** The number of the grant that ends. */
  of: number,
  /** The last version of the consent that the delegate may have signed: a later one by that delegate counts nowhere. */
  after: number,
});
/** Ends a delegation before its time. */
export type DelegationEnd = Parsed<typeof parseEnd>;

export type DelegationStatement = DelegationGrant | DelegationEnd;

/** A statement of a relation's chain of delegations. */
export const parseDelegationStatement: Parser<DelegationStatement> = (value, place) => {
  const act = typeof value === 'object' && value !== null && 'act' in value ? value.act : undefined;
  const statement = act === 'end' ? parseEnd(value, place) : parseGrant(value, place);
  if (statement.act === 'end' && statement.of >= statement.n) throw new RequestInvalid(`${place}.of`, 'an earlier number than its own');
  return statement;
};

/** What a grant commits to: sealed to the custodian (and to the authority that confirms), opened in transient data. Canonical JSON. */
export const parseDelegationOpening = object({
  relationRef: parseRelationRef,
  n: number,
  kind: oneOf(delegateKinds),
  /** Categories that the delegate neither sees nor decides. */
  withheld: distinct(parseCategory, 0, categories.length),
  /** When a minor comes of age; null for others. Public, it would tell her birthday. */
  majority: nullable(parseInstant),
  salt: parseSalt,
});
export type DelegationOpening = Parsed<typeof parseDelegationOpening>;

/** What is wrong with a grant as its opening explains it; nothing when it may count. */
export function findProblemOfGrant(grant: DelegationGrant, opening: DelegationOpening): string | undefined {
  const { relationRef, n, kind, majority } = opening;
  if (relationRef !== grant.relationRef || n !== grant.n) return 'has the opening of another';
  if (kind === 'support-person' && grant.powers.some((power) => power !== 'history')) return 'gives a support person more than the history';
  return majority !== null && grant.validity.until > majority ? 'outlasts the coming of age' : undefined;
}
