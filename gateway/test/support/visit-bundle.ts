import { randomUUID } from 'node:crypto';

/** A transaction bundle of a patient who was seen and examined, and the Claim for it: 125.00 and 610.00. */
export function newVisitBundle(day = '2026-03-01'): object {
  const [person, visit, exam, bill] = Array.from({ length: 4 }, () => `urn:uuid:${randomUUID()}`);
  const snomed = (code: string): object => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
  const entry = (fullUrl: string | undefined, resource: { readonly resourceType: string }): object => ({
    ...{ fullUrl, resource },
    request: { method: 'POST', url: resource.resourceType },
  });
  const subject = { reference: person };
  const claim = {
    ...{ resourceType: 'Claim', status: 'active', use: 'claim', patient: subject, created: day, provider: { display: 'ward' } },
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'institutional' }] },
    priority: { coding: [{ code: 'normal' }] },
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'hers' } }],
    procedure: [{ sequence: 1, procedureReference: { reference: exam } }],
    billablePeriod: { start: `${day}T09:00:00Z`, end: `${day}T10:00:00Z` },
    item: [
      { sequence: 1, productOrService: snomed('390906007'), net: { value: 125, currency: 'USD' }, encounter: [{ reference: visit }] },
      { sequence: 2, productOrService: snomed('399208008'), net: { value: 610, currency: 'USD' }, procedureSequence: [1] },
    ],
  };
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry(person, { resourceType: 'Patient', name: [{ family: 'Example' }] } as never),
      entry(visit, {
        resourceType: 'Encounter',
        status: 'finished',
        class: { code: 'AMB' },
        subject,
        type: [snomed('390906007')],
      } as never),
      entry(exam, { resourceType: 'Procedure', status: 'completed', subject, code: snomed('399208008'), performedDateTime: day } as never),
      entry(bill, claim),
    ],
  };
}
