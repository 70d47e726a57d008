import {
  claimTypes,
  isAccepted,
  parseBilledClaim,
  parseCurrency,
  parseDay,
  RequestInvalid,
  type BilledClaim,
  type ClaimLine,
} from '@medaccord/chaincode/model';
import { isObject, type JsonObject, type JsonValue } from '../fhir';
import { invalid, unsupported } from './fhir-claim-error';
import { itemReferencesOf, type ItemReference } from './item-references';
import { listOf, type Item } from './list-of';
import { parseFhirMoney, textOf } from './money-text';
import { parsePriorPayments, type PriorPayments } from './parse-prior-payments';

const CLAIM_TYPE = 'http://terminology.hl7.org/CodeSystem/claim-type';
/** Da Vinci Prior Authorization Support: R4 has an authorization of the whole claim only. */
const AUTHORIZATION = 'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-authorizationNumber';
const MOST_FRACTION = /^(\d{1,6})(?:\.0+)?$/;

type Frame = {
  readonly claim: JsonObject;
  readonly currency: string;
  /** What the payer before paid for an item; undefined where nobody says. */
  readonly priorOf: (sequence: number) => number | undefined;
  readonly authorizationOf: (item: JsonObject) => string | undefined;
};

/**
 * Reads a FHIR R4 Claim as the rule of adjudication sees it. What a line costs is its `net`, or its unit price times its quantity; of items
 * without either, the first costs what the claim's total has left, and the others, which bill nothing, are no lines.
 *
 * @throws {FhirClaimError} with the FHIRPath of what is wrong
 */
export function parseFhirClaim(claim: JsonValue, prior?: PriorPayments): BilledClaim {
  if (!isObject(claim) || claim['resourceType'] !== 'Claim') throw invalid('Claim', 'must be a Claim.');
  const currency = readCurrency(claim);
  const items = listOf(claim['item'], 'Claim.item');
  if (items.length === 0) throw invalid('Claim.item', 'is required: a claim bills something.');
  const frame = { claim, currency, priorOf: priorsOf(claim, currency, prior), authorizationOf: authorizationsOf(claim, items) };
  const charges = readCharges(frame, items);
  const lines = items.flatMap((item, at) => {
    const charge = charges[at];
    return charge === undefined ? [] : [readLine(frame, item, charge)];
  });
  lines.sort((one, other) => one.sequence - other.sequence);
  const claimId = typeof claim['id'] === 'string' ? claim['id'] : 'claim';
  try {
    return parseBilledClaim({ claimId, type: readType(claim), currency: frame.currency, lines }, 'Claim');
  } catch (error) {
    if (error instanceof RequestInvalid) throw invalid(String(error.details['place']), `must be ${String(error.details['expected'])}.`);
    throw error;
  }
}

/** Of the claim's total, or of the first amount that has one. */
function readCurrency(claim: JsonObject): string {
  const amounts = [claim['total'], ...listOf(claim['item'], 'Claim.item').flatMap(({ value }) => [value['net'], value['unitPrice']])];
  const currency = amounts.flatMap((amount) => (isObject(amount) && typeof amount['currency'] === 'string' ? [amount['currency']] : []))[0];
  if (!isAccepted(parseCurrency, currency)) throw invalid('Claim.total.currency', 'must be a currency code of ISO 4217.');
  return currency;
}

function readType(claim: JsonObject): string {
  const code = codingsOf(claim['type']).find(({ system }) => system === CLAIM_TYPE)?.code;
  if (!claimTypes.some((one) => one === code)) throw invalid('Claim.type', `must be a code of ${CLAIM_TYPE}.`);
  return code ?? '';
}

function readCharges({ claim, currency }: Frame, items: readonly Item[]): (number | undefined)[] {
  const stated = items.map(({ value, path }) => readCharge(value, path, currency));
  const sum = stated.reduce<number>((total, charge) => total + (charge ?? 0), 0);
  const total = claim['total'] === undefined ? sum : parseFhirMoney(claim['total'], 'Claim.total', currency);
  const open = stated.indexOf(undefined);
  if (total < sum || (open < 0 && total > sum)) throw invalid('Claim.total', 'must be the sum of its items.');
  if (open >= 0) stated[open] = total - sum;
  return stated;
}

function readCharge(item: JsonObject, path: string, currency: string): number | undefined {
  if (item['detail'] !== undefined) throw unsupported(`${path}.detail`, 'must be items of their own.');
  if (item['net'] !== undefined) return parseFhirMoney(item['net'], `${path}.net`, currency);
  if (item['unitPrice'] === undefined) return undefined;
  if (item['factor'] !== undefined) throw unsupported(`${path}.factor`, 'needs the net amount beside it.');
  return parseFhirMoney(item['unitPrice'], `${path}.unitPrice`, currency) * readUnits(item, path);
}

function readUnits({ quantity }: JsonObject, path: string): number {
  if (quantity === undefined) return 1;
  const [, units] = MOST_FRACTION.exec(textOf(isObject(quantity) ? quantity['value'] : undefined)) ?? [];
  if (units === undefined) throw unsupported(`${path}.quantity`, 'must be a whole number of units.');
  return Number(units);
}

function readLine(frame: Frame, { value: item, path }: Item, charge: number): ClaimLine {
  const [service] = codingsOf(item['productOrService']);
  if (service?.system === undefined || service.code === undefined)
    throw invalid(`${path}.productOrService`, 'must have a code of a system.');
  const unit = isObject(item['quantity']) ? (item['quantity']['code'] ?? item['quantity']['unit']) : undefined;
  const sequence = Number(textOf(item['sequence']));
  const authorization = frame.authorizationOf(item);
  const priorPaid = frame.priorOf(sequence);
  return {
    sequence,
    service: { system: service.system, code: service.code },
    day: readDay(frame.claim, item, path),
    units: readUnits(item, path),
    charge,
    recordTypes: typesOf(itemReferencesOf(frame.claim, item)),
    ...(typeof unit === 'string' && { unit }),
    ...(priorPaid !== undefined && { priorPaid }),
    ...(authorization !== undefined && { authorization }),
  };
}

/** The day as it was written at the hospital, of the item or else of the claim. */
function readDay(claim: JsonObject, item: JsonObject, path: string): ClaimLine['day'] {
  const startOf = (period: JsonValue | undefined): JsonValue | undefined => (isObject(period) ? period['start'] : undefined);
  const written = item['servicedDate'] ?? startOf(item['servicedPeriod']) ?? startOf(claim['billablePeriod']);
  const day = typeof written === 'string' ? written.slice(0, 10) : undefined;
  if (!isAccepted(parseDay, day)) throw invalid(`${path}.serviced[x]`, 'must have a day, or the claim a billablePeriod.');
  return day;
}

/** Of an item its own; only where no item has one, that of the insurance in focus. */
function authorizationsOf({ insurance }: JsonObject, items: readonly Item[]): Frame['authorizationOf'] {
  const own = new Map(items.map(({ value }) => [value, ownAuthorizationOf(value)]));
  if ([...own.values()].some((id) => id !== undefined)) return (item) => own.get(item);
  const focal = listOf(insurance, 'Claim.insurance').find(({ value }) => value['focal'] === true)?.value;
  const [first, ...others] = Array.isArray(focal?.['preAuthRef']) ? focal['preAuthRef'] : [];
  if (others.length > 0) throw unsupported('Claim.insurance.preAuthRef', 'must be one, or each item must name its own.');
  return () => (typeof first === 'string' ? first : undefined);
}

function ownAuthorizationOf({ extension }: JsonObject): string | undefined {
  const id = listOf(extension, 'Claim.item.extension').find(({ value }) => value['url'] === AUTHORIZATION)?.value['valueString'];
  return typeof id === 'string' ? id : undefined;
}

/** As it is told beside the claim, of every item; else by the claim itself, of the items that its contained ClaimResponse names. */
function priorsOf(claim: JsonObject, currency: string, told: PriorPayments | undefined): Frame['priorOf'] {
  if (told !== undefined) return (sequence) => told.get(sequence) ?? 0;
  const named = listOf(claim['insurance'], 'Claim.insurance').flatMap(({ value }) =>
    isObject(value['claimResponse']) ? [value['claimResponse']['reference']] : [],
  );
  const contained = listOf(claim['contained'], 'Claim.contained').find(({ value }) => named.includes(`#${textIn(value, 'id') ?? ''}`));
  const own = contained && parsePriorPayments(contained.value, currency);
  return (sequence) => own?.get(sequence);
}

/** The types of the records that an item names, as far as the claim tells them. */
function typesOf(references: readonly ItemReference[]): string[] {
  return [...new Set(references.flatMap(({ type }) => type ?? []))].sort();
}

function codingsOf(concept: JsonValue | undefined): { readonly system: string | undefined; readonly code: string | undefined }[] {
  const codings = isObject(concept) ? listOf(concept['coding'], 'coding') : [];
  return codings.map(({ value }) => ({ system: textIn(value, 'system'), code: textIn(value, 'code') }));
}

function textIn(element: JsonObject, name: string): string | undefined {
  return typeof element[name] === 'string' ? element[name] : undefined;
}
