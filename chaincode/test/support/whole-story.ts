import { commit, ISSUED, newKeyPair, newKeyRing, newRef, newSalt, Patient, PatientRelation, replacementStatement, signAs } from './wallet';
import {
  adjudicationRef,
  appealRef,
  askRef,
  bindingRef,
  claimRef,
  coverageRef,
  explanationRef,
  formatCanonical,
  identityRef,
  recipientPreimage,
  type AuditLogId,
  type ConsultationId,
  type GroupId,
  type MspId,
  type RedisclosureId,
  type SealedRef,
} from '../../src/model';
import { appeal, newAppeal, newDecision, paperEnvelope } from './appeal-story';
import { checkInByCard, consentByCard, endOnHerWord, notify } from './assisted-story';
import { declare, emergencyOpeningOf } from './break-glass-story';
import type { ConsortiumTwin } from './consortium-twin';
import {
  adjudicate,
  claimFor,
  decideByRule,
  cover as coverFor,
  documentEnvelope,
  lineOf,
  newClaim,
  PERSON,
  PLAN,
  prepare,
  SECOND,
  submitted,
  type SubmittedClaim,
} from './claim-story';
import { agree, cover, newPlan, newTerms, publish, recording, termsEnvelope } from './coverage-story';
import { confirm, signGrant, signStatus } from './delegates';
import { MerkleTree } from './merkle-tree';
import { runRecovery } from './recovery-story';
import { changeRules } from './rules-changes';
import { newPayment, newStatement, pay, settle } from './settlement-story';
import {
  approve,
  ask,
  AUTHORITY,
  checkIn,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newRecord,
  newScene,
  openingOf,
  refer,
  register,
  releasedOf,
  RULES,
  sealedText,
  signingKeyOf,
  storeRecords,
} from './story';

/** Runs every transaction of the contract at least once, all of them valid. */
export async function runWholeStory(twin: ConsortiumTwin): Promise<PatientRelation> {
  const patient = new Patient(HOSPITAL);
  const { relation, document, laboratory } = await newScene(twin, patient);
  const [gateway, physician, reader] = [
    await twin.identity(HOSPITAL, 'gateway'),
    await twin.identity(CLINIC, 'physician'),
    await twin.identity(INSURER),
  ];
  const physicianOfCustodian = await twin.identity(HOSPITAL, 'physician');
  const both = [HOSPITAL, CLINIC];
  const { relationRef } = relation;

  const deliver = async (
    ref: { kind: string; ref: string; id: string },
    as: typeof gateway,
    envelope = sealedText(ref.kind),
  ): Promise<void> => {
    const request = { organisation: HOSPITAL, keys: [ref] } as never;
    await twin.submit(as, 'StoreSealed', request, { input: { envelopes: [envelope] }, endorsers: [HOSPITAL] });
  };
  await deliver(identityRef(patient.subjectRef), gateway);
  await deliver(bindingRef(relationRef), reader, relation.bindingEnvelope(HOSPITAL));

  const refused = await ask(twin, relation);
  await deliver(askRef(relationRef, refused.requestId), physician);
  const refusal = { relationRef, requestId: refused.requestId, consentVersion: 2 };
  await twin.submit(gateway, 'RefuseAccess', refusal, { input: { notice: sealedText('notice') }, endorsers: both });
  await ask(twin, relation, INSURER);

  const request = await ask(twin, relation);
  const { requestId } = request;
  const input = openingOf(relation, document, [laboratory], request);
  await twin.submit(gateway, 'DecideRelease', { relationRef, requestId, consentVersion: 2 }, { input, endorsers: both });
  const part = { relationRef, requestId, part: 1, parts: 1 };
  await twin.submit(gateway, 'DeliverRecords', part, { input: { envelope: sealedText('delivery') }, endorsers: both });
  const redisclosure = {
    ...{ relationRef, requestId, redisclosureId: newRef<RedisclosureId>(), consentVersion: 2, purpose: 'TREAT' as const },
    recipient: commit(recipientPreimage('Jane Doe', newSalt())),
  };
  const { recordsSalt, binding } = input;
  const passedOn = { records: releasedOf([laboratory]), recordsSalt, redisclosed: [0], binding };
  const sealed = {
    custodian: sealedText('redisclosure'),
    counterparty: sealedText('redisclosure'),
    patient: sealedText('redisclosure-notice'),
  };
  await twin.submit(physician, 'RecordRedisclosure', redisclosure, { input: { ...passedOn, sealed }, endorsers: both });
  const looked = { consultationId: newRef<ConsultationId>(), role: 'physician' as const, purpose: 'TREAT' as const, consultedAt: ISSUED };
  await twin.submit(await twin.identity(CLINIC, 'gateway'), 'RecordConsultations', { relationRef, consultations: [looked] });
  const tree = new MerkleTree([Buffer.from('an entry')]);
  const [log, of] = [newRef<AuditLogId>(), { mspId: HOSPITAL, number: 1 }];
  const root = signAs('audit-root', { ...of, log, previousSize: 0, ...tree.head(), issuedAt: ISSUED }, signingKeyOf(HOSPITAL));
  await twin.submit(gateway, 'AnchorAuditRoot', { root, consistency: [] });
  await twin.evaluate(reader, 'GetAuditRoot', { ...of, log });

  const [{ referralId }, { studyId }] = [await refer(twin, relation), await approve(twin)];
  await twin.submit(physicianOfCustodian, 'EndReferral', { relationRef, referralId });
  await twin.submit(await twin.identity(AUTHORITY, 'ethics-officer'), 'EndStudy', { studyId });

  const declared = await declare(twin, relation);
  const emergency = { relationRef, requester: CLINIC, requestId: declared.requestId };
  const opening = emergencyOpeningOf(relation, document, [laboratory], declared);
  const release = { relationRef, requestId: declared.requestId, consentVersion: 2 };
  await twin.submit(gateway, 'DecideRelease', release, { input: opening, endorsers: both });
  await twin.submit(await twin.identity(INSURER, 'auditor'), 'ReviewBreakGlass', { ...emergency, outcome: 'justified' });
  await twin.evaluate(reader, 'GetReview', emergency);

  await runAssisted(twin);
  await runCovered(twin, patient);
  await runClaimed(twin, patient);
  await runPaid(twin, patient);
  await runAppealed(twin, patient);

  const long = newRecord(patient);
  const abandoned = newRecord(patient);
  await storeRecords(twin, [long, abandoned]);
  const [group, lost] = [newRef<GroupId>(), newRef<GroupId>()];
  await twin.submit(gateway, 'AnchorRecords', { groups: [{ groupId: group, whole: false, size: 1, records: [long.anchoring] }] });
  await twin.submit(gateway, 'CloseGroup', { groupId: group, size: 1 });
  await twin.submit(gateway, 'AnchorRecords', { groups: [{ groupId: lost, whole: false, size: 1, records: [abandoned.anchoring] }] });
  await twin.submit(gateway, 'AbandonGroup', { groupId: lost, record: { recordId: abandoned.recordId, version: 1 } });
  const parts = { groupId: lost, records: [{ recordId: abandoned.recordId, version: 1 }] };
  await twin.submit(gateway, 'DeleteRecords', parts, { endorsers: [HOSPITAL] });
  await twin.submit(gateway, 'SetRecordStatus', { recordId: long.recordId, status: 'entered-in-error' });

  const [hospitalKey, authorityKey] = [signingKeyOf(HOSPITAL), signingKeyOf(AUTHORITY)];
  const [registrar, authority] = [await twin.identity(HOSPITAL, 'registrar'), await twin.identity(AUTHORITY, 'registrar')];
  await twin.submit(reader, 'RecordDelegation', { delegation: signGrant(relation, newKeyPair()).jws });
  const appointed = signGrant(relation, newKeyPair(), { n: 2, confirmedBy: AUTHORITY }, hospitalKey).jws;
  const appointment = { delegation: appointed, confirmation: confirm(appointed, 'delegation', authorityKey) };
  await twin.submit(authority, 'AppointDelegate', appointment);

  const keys = newKeyRing();
  const statement = replacementStatement(patient.subjectRef, patient.registration, keys);
  const replacement = signAs('patient-keys', statement, patient.keys.signing);
  await twin.submit(reader, 'ReplacePatientKeys', { replacement });
  await runRecovery(twin, patient.subjectRef, replacement, keys.signing);
  await twin.submit(reader, 'RecordConsent', { consent: relation.consent(3, { status: 'closed', document: null }) });
  const receipt = {
    ...{ relationRef, requester: CLINIC, requestId, of: 'release', reason: 'relation-closed' as const },
    ...{ consentVersion: 3, parts: 1, told: null, issuedAt: ISSUED },
  };
  const deletion = signAs('deletion-receipt', receipt, signingKeyOf(CLINIC));
  await twin.submit(await twin.identity(CLINIC, 'gateway'), 'RecordDeletion', { deletion });

  const change = { ...RULES, version: 2, suspended: [AUTHORITY] };
  await changeRules(twin, change);
  await twin.evaluate(reader, 'GetRulesApprovals', change);

  const death = signStatus(patient.subjectRef, { n: 1, status: 'deceased', confirmedBy: null }, hospitalKey);
  await twin.submit(registrar, 'SetPatientStatus', { status: death, confirmation: null });

  await twin.evaluate(reader, 'GetDelegations', { relationRef });
  await twin.evaluate(reader, 'GetPatientStatus', { subjectRef: patient.subjectRef });
  await twin.evaluate(reader, 'GetRules', {});
  await twin.evaluate(reader, 'GetRules', { version: 1 });
  await twin.evaluate(reader, 'GetOrganisation', { mspId: HOSPITAL });
  await twin.evaluate(reader, 'GetOrganisations', {});
  await twin.evaluate(reader, 'GetPatient', { subjectRef: patient.subjectRef });
  await twin.evaluate(reader, 'GetRelation', { relationRef });
  await twin.evaluate(reader, 'GetConsents', { relationRef });
  await twin.evaluate(reader, 'GetGroup', { custodian: HOSPITAL, groupId: group });
  await twin.evaluate(reader, 'GetRecordAnchor', { custodian: HOSPITAL, recordId: long.recordId, version: 1 });
  await twin.evaluate(reader, 'GetRecordStatus', { custodian: HOSPITAL, recordId: long.recordId });
  await twin.evaluate(reader, 'GetRequest', { relationRef, requester: CLINIC, requestId });
  await twin.evaluate(reader, 'GetDecision', { relationRef, requester: CLINIC, requestId });
  await twin.evaluate(reader, 'GetDelivery', { relationRef, requester: CLINIC, requestId, part: 1 });
  await twin.evaluate(reader, 'GetReferral', { relationRef, referralId });
  await twin.evaluate(reader, 'GetStudy', { studyId });
  await twin.evaluate(gateway, 'ReadSealed', { keys: [bindingRef(relationRef)] });
  return relation;
}

/** A card from its registration to the end of a consent that was signed with it. */
async function runAssisted(twin: ConsortiumTwin): Promise<void> {
  const { clock } = twin;
  const patient = new Patient(HOSPITAL, true);
  await register(twin, patient);
  const relation = patient.relateTo(CLINIC);
  await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterRelation', checkInByCard(relation, clock));
  await consentByCard(twin, relation, clock);
  await notify(twin, relation, { at: clock });
  await endOnHerWord(twin, relation, { by: INSURER });
  await twin.evaluate(await twin.identity(INSURER), 'GetAssistance', { relationRef: relation.relationRef, version: 2 });
}

/** A plan, and a coverage by it, whose terms the hospital gets. */
async function runCovered(twin: ConsortiumTwin, patient: Patient): Promise<void> {
  const reader = await twin.identity(CLINIC);
  const plan = newPlan();
  await publish(twin, plan);
  await twin.evaluate(reader, 'GetPlan', { insurer: INSURER, planId: plan.planId, version: plan.version });
  const relation = patient.relateTo(INSURER, ['cover']);
  await checkIn(twin, relation);
  const terms = newTerms(relation);
  const { relationRef, coverageId } = terms;
  await cover(twin, recording(terms, agree(relation, terms)));
  const sealed = { organisation: HOSPITAL, keys: [coverageRef(relationRef, coverageId, 1)] } as never;
  await twin.submit(reader, 'StoreSealed', sealed, { input: { envelopes: [termsEnvelope(terms, HOSPITAL)] }, endorsers: [HOSPITAL] });
  await twin.evaluate(reader, 'GetCoverages', { relationRef, coverageId });
}

/** A claim from its submission to a second person's word, and one that is taken back. */
async function runClaimed(twin: ConsortiumTwin, patient: Patient): Promise<void> {
  const [gateway, clerk] = [await twin.identity(INSURER, 'gateway'), await twin.identity(INSURER, 'insurer-clerk')];
  await publish(twin, PLAN);
  const of = await coverFor(twin, patient);
  const claim = await claimFor(of, { code: 'spa', charge: 90_000 });
  const { relationRef, claimId } = claim.body;
  const deliver = (ref: SealedRef, organisation: MspId, envelope: string): Promise<unknown> =>
    twin.submit(gateway, 'StoreSealed', { organisation, keys: [ref] } as never, {
      input: { envelopes: [envelope] },
      endorsers: [organisation],
    });
  await deliver(claimRef(relationRef, claimId), INSURER, claim.insurersEnvelope);
  await twin.submit(gateway, 'AcknowledgeClaims', { relationRef, claims: [{ claimId, reason: null }] });
  const cleared = { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } as const;
  await adjudicate(of, prepare(of, [{ claim, facts: cleared, manner: 'person' }], { person: PERSON }));
  await twin.submit(clerk, 'ConfirmAdjudication', { relationRef, claimId, n: 1, person: SECOND });
  await deliver(adjudicationRef(relationRef, claimId, 1), HOSPITAL, documentEnvelope('hospital', 0));
  await deliver(explanationRef(relationRef, claimId, 1), HOSPITAL, documentEnvelope('patient', 0));
  const reversal = await submitted(newClaim(of, [], { related: { claimId, relationship: 'reversal' } }));
  await adjudicate(of, prepare(of, [{ claim, reversedBy: reversal.body.claimId }]));
  await twin.evaluate(await twin.identity(CLINIC), 'GetClaim', { relationRef, claimId });
  const paid = await claimFor(of, { charge: 70_000 });
  await adjudicate(of, prepare(of, [{ claim: paid }]));
  await runSettled(twin, paid);
}

/** A statement of an adjudicated claim, signed by both, and its payment. */
async function runSettled(twin: ConsortiumTwin, claim: SubmittedClaim): Promise<void> {
  const statement = newStatement([{ claim }]);
  await settle(twin, statement);
  await pay(twin, newPayment(statement));
  const { hospital, insurer, number } = statement.document;
  await twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'ClearPayment', { hospital, insurer, number });
  await twin.evaluate(await twin.identity(CLINIC), 'GetSettlement', { hospital, insurer, number });
}

/** What a claim needs, released for payment. */
async function runPaid(twin: ConsortiumTwin, patient: Patient): Promise<void> {
  const of = await coverFor(twin, patient);
  const { relation, terms } = of;
  const document = relation.document(2, [{ base: 'permit', exceptions: [] }]);
  await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent: relation.consent(2, { with: document }) });
  const procedure = newRecord(patient, { type: 'Procedure' });
  await importRecords(twin, [procedure]);
  const { body } = await submitted(newClaim(of, [lineOf(procedure, { code: 'surgery' })]));
  const { relationRef, claimId } = body;
  const request = await ask(twin, relation, INSURER, { purpose: 'HPAYMT', proof: { kind: 'claim', claimId } });
  const payment = { claim: formatCanonical(body), coverage: formatCanonical(terms), coverageVersion: 1, planVersion: PLAN.version };
  const input = { ...openingOf(relation, document, [procedure], request), payment };
  const release = { relationRef, requestId: request.requestId, consentVersion: 2 };
  const gateway = await twin.identity(HOSPITAL, 'gateway');
  await twin.submit(gateway, 'DecideRelease', release, { input, endorsers: [HOSPITAL, INSURER] });
}

/** An appeal of the hospital, with its grounds at the insurer, and its decision. */
async function runAppealed(twin: ConsortiumTwin, patient: Patient): Promise<void> {
  const of = await coverFor(twin, patient);
  const claim = await claimFor(of);
  const { relationRef, claimId } = claim.body;
  await decideByRule(of, claim);
  const request = newAppeal(claim.body);
  await appeal(twin, request);
  const grounds = { organisation: INSURER, keys: [appealRef(relationRef, claimId, 1)] } as never;
  const clerk = await twin.identity(INSURER, 'insurer-clerk');
  await twin.submit(clerk, 'StoreSealed', grounds, { input: { envelopes: [paperEnvelope('grounds', INSURER)] }, endorsers: [INSURER] });
  await twin.submit(clerk, 'DecideAppeal', newDecision(request, { outcome: 'granted' }));
  await twin.evaluate(clerk, 'GetAppeals', { relationRef, claimId });
}
