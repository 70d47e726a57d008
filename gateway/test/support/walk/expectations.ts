import { chartNames, type ChartName } from '../test-chart';
import type { Visit } from './callers';
import { department } from './department';
import type { Asking } from './requests';
import * as ask from './requests';

/** What a route may show of a chart, and with what it is asked. */
export interface Row {
  readonly sees: (visit: Pick<Visit, 'caller' | 'state'>) => readonly ChartName[];
  /**
   * `resources`: each shows itself, and all that may be seen must be seen. `bytes`: each shows whatever its bytes say. `presence`: of those that
   * may be seen, that they are there. `nothing`: none is shown to anybody.
   */
  readonly shows: 'resources' | 'bytes' | 'presence' | 'nothing';
  readonly ask: Asking;
}

const isClinician = (role?: string): boolean => role === 'physician' || role === 'nurse';
const nobody = (): readonly ChartName[] => [];
/** Inside the custodian roles decide, and the reach of whoever is limited to departments; not the consent. */
const house: Row['sees'] = ({ caller: { at, role, reach = [department] } }) =>
  at === 'AlphaMSP' && (role === 'records' || isClinician(role)) && reach.includes(department) ? chartNames : [];
/** At the counterparty the consent of the moment decides, for whoever reads. */
const reader: Row['sees'] = ({ caller: { at, role, department }, state }) => {
  if (at !== 'BetaMSP' || !isClinician(role)) return [];
  return department === undefined ? state.seen : state.seenInDepartment;
};

/** At her custodian she reads all of hers, unless her keys may be in other hands. */
const herself: Row['sees'] = ({ caller: { at, isPatient }, state }) =>
  at === 'AlphaMSP' && isPatient === true && state.name !== 'a hold' ? chartNames : [];

const nothing = (asking: Asking = ask.once): Row => ({ sees: nobody, shows: 'nothing', ask: asking });
/** Writes: sent with what must be refused, to what is not there, so that a walk changes nothing. */
const change = nothing(ask.refused);
const own = (asking: Asking): Row => ({ sees: house, shows: 'resources', ask: asking });
const ofWriter = (asking: Asking): Row => ({ ...own(asking), sees: (visit) => (visit.caller.role === 'records' ? house(visit) : []) });
/** A refused or conditional write may tell the writer what is there. */
const written: Row = { ...ofWriter(ask.writes), shows: 'presence' };
/** The log names whatever people of the own organisation asked for, held or not. */
const ofAuditor: Row = { sees: ({ caller: { role } }) => (role === 'auditor' ? chartNames : []), shows: 'presence', ask: ask.once };
/** To her it names what others asked for of hers, wherever she is known; at her custodian not while her keys may be in other hands. */
const ofHerself: Row = {
  sees: ({ caller: { at, isPatient }, state }) => (isPatient === true && (at !== 'AlphaMSP' || state.name !== 'a hold') ? chartNames : []),
  shows: 'presence',
  ask: ask.once,
};
const presence = (asking: Asking): Row => ({ ...own(asking), shows: 'presence' });
const hers = (asking: Asking): Row => ({ sees: herself, shows: 'resources', ask: asking });
const released = (asking: Asking): Row => ({ sees: reader, shows: 'resources', ask: asking });

/**
 * Every route of a gateway as its running router has it, and whatever else is in the way of a request. A route that is not here fails the walk:
 * say what it may show, and to whom.
 */
export const expectations: Readonly<Record<string, Row | 'in the way'>> = {
  // Headers, the log's line, other origins, signing in, and behind all routes what answers that there is no such route, and errors.
  'use 1: helmetMiddleware': 'in the way',
  'use 2: anonymous': 'in the way',
  'use 3: anonymous': 'in the way',
  'use 4: anonymous': 'in the way',
  'use 5: anonymous': 'in the way',
  'use 6: anonymous': 'in the way',

  'GET /healthz': nothing(),
  'GET /readyz': nothing(),
  'GET /metrics': nothing(),
  'GET /api/openapi.json': nothing(),
  'GET /api/height': nothing(),
  'GET /api/organisations': nothing(),
  'GET /api/rules': nothing(),
  'GET /api/rules/:version': nothing(),

  'GET /fhir/metadata': nothing(),
  'GET /fhir/:type': own(ask.searches),
  'POST /fhir/:type/_search': own(ask.formSearches),
  'GET /fhir/:type/:id': own(ask.byName),
  'GET /fhir/:type/:id/_history': own(ask.byName),
  'GET /fhir/:type/:id/_history/:versionId': own(ask.byName),
  'POST /fhir/:type': written,
  'PUT /fhir/:type': written,
  'PUT /fhir/:type/:id': written,
  'DELETE /fhir/:type': written,
  'DELETE /fhir/:type/:id': written,
  'PATCH /fhir/:type': written,
  'PATCH /fhir/:type/:id': written,
  'POST /fhir': ofWriter(ask.batches),
  'GET /fhir/_history': own(ask.latest),
  'GET /fhir/:type/_history': own(ask.histories),
  'GET /fhir/Patient/:id/$everything': own(ask.ofPatient),
  // An export is its owner's: begun without what it takes, and asked for by a name that nobody has.
  'GET /fhir/$export': nothing(),
  'GET /fhir/Patient/$export': nothing(),
  'GET /fhir/$export/:exportId': nothing(),
  'DELETE /fhir/$export/:exportId': nothing(),
  'GET /fhir/$export/:exportId/:file': nothing(),
  'POST /fhir/:type/$validate': nothing(ask.validations),
  'POST /fhir/:type/:id/$validate': nothing(ask.validations),
  'GET /fhir/:type/:id/$meta': presence(ask.byName),
  'GET /fhir/:type/:id/_history/:versionId/$meta': presence(ask.byName),
  'POST /fhir/:type/:id/$meta-add': written,
  'POST /fhir/:type/:id/$meta-delete': written,

  'GET /fhir/AuditEvent': ofAuditor,
  'POST /fhir/AuditEvent/_search': ofAuditor,
  'GET /fhir/AuditEvent/:id': ofAuditor,
  'GET /fhir/.well-known/smart-configuration': nothing(),

  'GET /fhir/released/:relationRef/metadata': nothing(),
  'GET /fhir/released/:relationRef/Patient/$everything': released(ask.once),
  'GET /fhir/released/:relationRef/Patient/:id/$everything': { ...released(ask.ofPatient), sees: ofSeenPatient },
  'GET /fhir/released/:relationRef/:type': released(ask.searches),
  'POST /fhir/released/:relationRef/:type/_search': released(ask.formSearches),
  'GET /fhir/released/:relationRef/:type/:id': released(ask.byName),
  'GET /fhir/released/:relationRef/:type/:id/_history': released(ask.byName),
  'GET /fhir/released/:relationRef/:type/:id/_history/:versionId': released(ask.byName),

  'GET /fhir/own/:relationRef/metadata': nothing(),
  'GET /fhir/own/:relationRef/Patient/$everything': hers(ask.once),
  'GET /fhir/own/:relationRef/Patient/:id/$everything': hers(ask.ofPatient),
  'GET /fhir/own/:relationRef/:type': hers(ask.searches),
  'POST /fhir/own/:relationRef/:type/_search': hers(ask.formSearches),
  'GET /fhir/own/:relationRef/:type/:id': hers(ask.byName),
  'GET /fhir/own/:relationRef/:type/:id/_history': hers(ask.byName),
  'GET /fhir/own/:relationRef/:type/:id/_history/:versionId': hers(ask.byName),

  // Nobody has billed anything of the chart.
  'GET /fhir/claims/metadata': nothing(),
  'GET /fhir/claims/:type': nothing(),
  'POST /fhir/claims/:type/_search': nothing(),
  'GET /fhir/claims/:type/:id': nothing(),
  'POST /fhir/claims/CoverageEligibilityRequest/$submit': nothing(),
  'POST /fhir/claims/Subscription': change,
  'GET /fhir/claims/Subscription': nothing(),
  'GET /fhir/claims/Subscription/:id': nothing(),
  'PUT /fhir/claims/Subscription/:id': change,
  'DELETE /fhir/claims/Subscription/:id': change,
  'GET /fhir/own-claims/:relationRef/metadata': nothing(),
  'GET /fhir/own-claims/:relationRef/:type': nothing(),
  'POST /fhir/own-claims/:relationRef/:type/_search': nothing(),
  'GET /fhir/own-claims/:relationRef/:type/:id': nothing(),

  'GET /api/records': own(ask.ofSubject),
  'GET /api/records/:recordId': own(ask.byRecord),
  'GET /api/releases/:requestId': { sees: reader, shows: 'bytes', ask: ask.once },
  'GET /api/access-requests/:requestId': nothing(),
  'GET /api/deletions': nothing(),
  'POST /api/imports': change,
  'POST /api/access-requests': change,
  'POST /api/releases/:requestId/redisclosures': change,
  'POST /api/releases/:requestId/redisclosures/:redisclosureId/acknowledgements': change,

  'GET /api/relations/:relationRef': nothing(),
  'GET /api/relations/:relationRef/consents': nothing(),
  'GET /api/relations/:relationRef/history': nothing(),
  'GET /api/relations/:relationRef/audit': ofHerself,
  'GET /api/audit-roots/:mspId/:log/:number': nothing(),
  'GET /api/relations/:relationRef/delegations': nothing(),
  'GET /api/relations/:relationRef/referrals': nothing(),
  'POST /api/relations/:relationRef/preview': nothing(ask.preview),
  'POST /api/decisions': nothing(ask.decisions),
  'POST /api/relations': change,
  'POST /api/consents': change,
  'POST /api/delegations': change,
  'POST /api/relations/:relationRef/notices': change,
  'POST /api/relations/:relationRef/end': change,
  'POST /api/assisted/relations': change,
  'POST /api/assisted/consents': change,
  'GET /api/notices': nothing(),

  'GET /api/patients/:subjectRef': nothing(),
  'POST /api/patients': change,
  'POST /api/patient-statements': change,
  'POST /api/patients/:subjectRef/recovery': change,
  'POST /api/patients/:subjectRef/hold': change,
  'POST /api/patients/:subjectRef/recovery/approval': change,
  'POST /api/patients/:subjectRef/recovery/completion': change,
  'POST /api/patients/:subjectRef/death': change,
  'POST /api/patients/:subjectRef/corrections': change,
  'POST /api/corrections': change,
  'POST /api/appointments': change,
  'POST /api/appointments/confirmations': change,
  'POST /api/appointments/ends': change,
  'POST /api/appointments/ends/confirmations': change,

  'GET /scim/v2/Users': nothing(),
  'POST /scim/v2/Users': change,
  'GET /scim/v2/Users/:id': nothing(),
  'PATCH /scim/v2/Users/:id': change,
  'DELETE /scim/v2/Users/:id': change,
  'POST /api/accounts/:id/invitation': change,
  'DELETE /api/accounts/:id/sessions': change,
  'GET /api/clients': nothing(),
  'POST /api/clients': change,
  'DELETE /api/clients/:clientId': change,

  'GET /api/studies': nothing(),
  'POST /api/studies': change,
  'POST /api/studies/:studyId/end': change,
  'POST /api/referrals': change,
  'POST /api/referrals/:referralId/end': change,

  'GET /api/plans': nothing(),
  'POST /api/plans': change,
  // A report is its owner's: asked for by a name that nobody has.
  'POST /api/plan-simulations': change,
  'GET /api/plan-simulations/:reportId': nothing(),
  'GET /api/plan-simulations/:reportId/claims': nothing(),
  'DELETE /api/plan-simulations/:reportId': change,
  'POST /api/claim-statistics': change,
  'GET /api/claim-statistics/:reportId': nothing(),
  'DELETE /api/claim-statistics/:reportId': change,
  // Nothing of the chart is billed, and what is named in a claim is refused.
  'POST /api/claims': change,
  'POST /api/claims/batch': change,
  'POST /api/claims/estimate': change,
  'GET /api/claims/events': nothing(),
  'GET /api/claims/:relationRef': nothing(),
  'GET /api/claims/:relationRef/:claimId': nothing(),
  'GET /api/relations/:relationRef/claims': nothing(),
  'GET /api/coverages/:relationRef/:coverageId/eligibility': nothing(),
  'GET /api/plans/:insurer/:planId/:version': nothing(),
  'POST /api/coverages/offers': change,
  'POST /api/coverages': change,
  'PATCH /api/coverages/:relationRef/:coverageId': change,
  'GET /api/relations/:relationRef/coverage-offers': nothing(),
  'GET /api/relations/:relationRef/coverages': nothing(),
  'POST /api/claims/:relationRef/:claimId/appeals': change,
  'GET /api/claims/:relationRef/:claimId/appeals': nothing(),
  'POST /api/claims/:relationRef/:claimId/appeals/:number/decision': change,
  'POST /api/appeals': change,
  'GET /api/appeals': nothing(),
  'GET /api/adjudications': nothing(),
  'GET /api/adjudications/worklist': nothing(),
  'GET /api/adjudications/:relationRef/:claimId': nothing(),
  'POST /api/adjudications/:relationRef/:claimId/decisions': change,
  'POST /api/adjudications/:relationRef/:claimId/confirmation': change,
  'POST /api/claim-exports': change,
  'GET /api/claim-exports/:exportId': nothing(),
  'DELETE /api/claim-exports/:exportId': nothing(),
  'GET /api/claim-exports/:exportId/:file': nothing(),
  'GET /api/settlements': nothing(),
  'POST /api/settlements': change,
  'GET /api/settlements/:organisation/:number': nothing(),
  'POST /api/settlements/:organisation/:number/signature': change,
  'POST /api/settlements/:organisation/:number/payment': change,
  'PUT /api/settlements/:organisation/:number/payment/received': change,

  'GET /api/break-glass': nothing(),
  'GET /api/break-glass/statistics': nothing(),
  'GET /api/break-glass/:relationRef/:requester/:requestId': nothing(),
  'POST /api/break-glass/:relationRef/:requester/:requestId/review': change,
};

/** By the id of a Patient only whoever sees that one is answered. */
function ofSeenPatient(visit: Pick<Visit, 'caller' | 'state'>): readonly ChartName[] {
  const seen = reader(visit);
  return seen.includes('patient') ? seen : [];
}
