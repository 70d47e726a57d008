import { digitsOf } from '@medaccord/chaincode/model';
import { formatJson, isObject, type JsonValue } from '../fhir';
import { invalid } from './fhir-claim-error';

const DECIMAL = /^(\d{1,12})(?:\.(\d+))?$/;

/** Minor units of a FHIR Money, exactly. @throws {FhirClaimError} for more decimal places than the currency has, and amounts below nothing */
export function parseFhirMoney(value: JsonValue | undefined, path: string, currency: string): number {
  if (!isObject(value)) throw invalid(path, 'must be a Money.');
  if (value['currency'] !== undefined && value['currency'] !== currency) throw invalid(`${path}.currency`, 'must be that of the claim.');
  const places = digitsOf(currency);
  const [, whole, fraction = ''] = DECIMAL.exec(textOf(value['value'])) ?? [];
  const significant = fraction.replace(/0+$/, '');
  if (whole === undefined || significant.length > places)
    throw invalid(`${path}.value`, `must be an amount with ${String(places)} decimal places.`);
  return Number(whole + significant.padEnd(places, '0'));
}

/** The text of a number as it was written. */
export function textOf(value: JsonValue | undefined): string {
  return value === undefined || typeof value === 'string' ? '' : formatJson(value);
}

/** `75.00`, `-0.05`: an amount with the decimal places of its currency. */
export function formatMoney(amount: number, currency: string): string {
  const places = digitsOf(currency);
  if (places === 0) return String(amount);
  const digits = String(Math.abs(amount)).padStart(places + 1, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
