// FHIR resources are compared and changed as the JSON that they are.
/* eslint-disable @typescript-eslint/no-explicit-any */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { FhirClaimError } from './fhir-claim-error';
import { formatMoney, parseFhirMoney } from './money-text';
import { parseFhirClaim } from './parse-fhir-claim';
import { parsePriorPayments } from './parse-prior-payments';

const text = readFileSync(join(__dirname, '../../samples/claim.json'), 'utf8');
const claimWith = (change: (claim: any) => void): JsonValue => {
  const claim = JSON.parse(text) as JsonObject;
  change(claim);
  return claim;
};
const refusal = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof FhirClaimError ? [error.code, error.place] : error;
  }
  return undefined;
};

describe('a FHIR Claim', () => {
  it('is read as the rule sees it', () => {
    const { lines, ...head } = parseFhirClaim(parseLosslessJson(text));
    expect(head).toEqual({ claimId: 'follow-up', type: 'institutional', currency: 'USD' });
    expect(lines.map(({ sequence, day, units, charge, recordTypes }) => [sequence, day, units, charge, recordTypes])).toEqual([
      [1, '2026-03-01', 1, 12_500, ['Encounter']],
      [2, '2026-03-01', 2, 103_330, ['Procedure']],
      [3, '2026-03-01', 1, 14_052, []],
      [4, '2026-03-01', 1, 8_000, []],
    ]);
  });

  it('gives what its total has left to the first item without an amount; the others bill nothing', () => {
    const claim = claimWith(({ item }) => [0, 3].forEach((at) => delete item[at].net));
    expect(parseFhirClaim(claim).lines.map(({ sequence, charge }) => [sequence, charge])).toEqual([
      [1, 20_500],
      [2, 103_330],
      [3, 14_052],
    ]);
  });

  it('takes the day of a period as it was written, and the authorization of the insurance in focus', () => {
    const claim = claimWith((one) => {
      one.item.forEach((item: JsonObject) => delete item['servicedDate']);
      one.item[1].servicedPeriod = { start: '2026-02-28T23:30:00-05:00' };
      one.billablePeriod = { start: '2026-02-27T00:10:00+09:00' };
      one.insurance[0].preAuthRef = ['A1'];
    });
    const { lines } = parseFhirClaim(claim);
    expect(lines.map(({ day }) => day)).toEqual(['2026-02-27', '2026-02-28', '2026-02-27', '2026-02-27']);
    expect(lines.map(({ authorization }) => authorization)).toEqual(['A1', 'A1', 'A1', 'A1']);
  });

  it.each<[string, (claim: any) => void, string, string]>([
    [
      'several authorizations without a word which item draws on which',
      (one) => (one.insurance[0].preAuthRef = ['A1', 'A2']),
      'FHIR_CLAIM_NOT_SUPPORTED',
      'Claim.insurance.preAuthRef',
    ],
    ['a total that is not the sum', (one) => (one.total.value = 1378.83), 'FHIR_CLAIM_INVALID', 'Claim.total'],
    ['a total below its items', (one) => ((one.total.value = 1), delete one.item[0].net), 'FHIR_CLAIM_INVALID', 'Claim.total'],
    [
      'more decimal places than the currency has',
      (one) => (one.item[0].net.value = 0.125),
      'FHIR_CLAIM_INVALID',
      'Claim.item[0].net.value',
    ],
    ['an amount below nothing', (one) => (one.item[0].net.value = -1), 'FHIR_CLAIM_INVALID', 'Claim.item[0].net.value'],
    ['two currencies', (one) => (one.item[0].net.currency = 'EUR'), 'FHIR_CLAIM_INVALID', 'Claim.item[0].net.currency'],
    ['no day', (one) => delete one.item[0].servicedDate, 'FHIR_CLAIM_INVALID', 'Claim.item[0].serviced[x]'],
    ['no code', (one) => (one.item[0].productOrService = { text: 'x' }), 'FHIR_CLAIM_INVALID', 'Claim.item[0].productOrService'],
    ['half a unit', (one) => (one.item[1].quantity.value = 1.5), 'FHIR_CLAIM_NOT_SUPPORTED', 'Claim.item[1].quantity'],
    ['details', (one) => (one.item[0].detail = [{}]), 'FHIR_CLAIM_NOT_SUPPORTED', 'Claim.item[0].detail'],
    ['a factor without a net amount', (one) => (one.item[1].factor = 0.5), 'FHIR_CLAIM_NOT_SUPPORTED', 'Claim.item[1].factor'],
    ['a number twice', (one) => (one.item[1].sequence = 1), 'FHIR_CLAIM_INVALID', 'Claim.lines[1].sequence'],
    ['no item', (one) => (one.item = []), 'FHIR_CLAIM_INVALID', 'Claim.item'],
    ['an unknown type', (one) => (one.type.coding[0].code = 'dental'), 'FHIR_CLAIM_INVALID', 'Claim.type'],
    ['another resource', (one) => (one.resourceType = 'Bundle'), 'FHIR_CLAIM_INVALID', 'Claim'],
  ])('with %s is refused with its place', (_, change, code, place) => {
    expect(refusal(() => parseFhirClaim(claimWith(change)))).toEqual([code, place]);
  });
});

describe('money', () => {
  it('is read to the last minor unit, whatever zeros stand behind it', () => {
    const read = (amount: string, currency: string): number => parseFhirMoney(parseLosslessJson(`{"value":${amount}}`), 'net', currency);
    expect([read('0.10', 'USD'), read('1.10000', 'USD'), read('505.61', 'USD'), read('12', 'JPY'), read('1.005', 'KWD')]).toEqual([
      10, 110, 50_561, 12, 1_005,
    ]);
    expect(refusal(() => read('12.5', 'JPY'))).toEqual(['FHIR_CLAIM_INVALID', 'net.value']);
    expect([formatMoney(5, 'USD'), formatMoney(50_561, 'USD'), formatMoney(12, 'JPY'), formatMoney(1_005, 'KWD')]).toEqual([
      '0.05',
      '505.61',
      '12',
      '1.005',
    ]);
  });

  it('below nothing, as what is owed back is, has its sign before it, however little it is', () => {
    expect([formatMoney(-1, 'USD'), formatMoney(-10, 'USD'), formatMoney(-12, 'JPY'), formatMoney(-1_005, 'KWD')]).toEqual([
      '-0.01',
      '-0.10',
      '-12',
      '-1.005',
    ]);
  });
});

describe('what the payer before paid', () => {
  it('is the benefit of each item', () => {
    const benefit = { category: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/adjudication', code: 'benefit' }] } };
    const explanation = {
      resourceType: 'ExplanationOfBenefit',
      item: [{ sequence: 1, adjudication: [{ ...benefit, amount: { value: 10.5 } }] }, { sequence: 2 }],
    };
    const prior = parsePriorPayments(explanation, 'USD');
    expect(parseFhirClaim(parseLosslessJson(text), prior).lines.map(({ priorPaid }) => priorPaid)).toEqual([1_050, 0, 0, 0]);
    expect(refusal(() => parsePriorPayments({ resourceType: 'Claim' }, 'USD'))).toEqual(['FHIR_CLAIM_INVALID', 'ExplanationOfBenefit']);
  });
});
