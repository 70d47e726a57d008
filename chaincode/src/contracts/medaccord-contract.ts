import { Default } from 'fabric-contract-api';
import { askingRoles } from '../model';
import { registerOrganisationDesk, getOrganisationDesk, getOrganisationsDesk } from './consortium-desk';
import { adoptRulesDesk, approveRulesDesk, getRulesDesk, getRulesApprovalsDesk } from './rules-desk';
import { registerPatientDesk, replacePatientKeysDesk, getPatientDesk } from './patient-desk';
import { nameGuardiansDesk, placeHoldDesk, openRecoveryDesk, approveRecoveryDesk, vetoDesk, completeRecoveryDesk } from './recovery-desk';
import { registerRelationDesk, recordConsentDesk, getRelationDesk, getConsentsDesk } from './consent-desk';
import {
  appointDelegateDesk,
  getDelegationsDesk,
  getPatientStatusDesk,
  recordDelegationDesk,
  setPatientStatusDesk,
} from './delegation-desk';
import {
  storeRecordsDesk,
  anchorRecordsDesk,
  closeGroupDesk,
  abandonGroupDesk,
  setRecordStatusDesk,
  deleteRecordsDesk,
  getGroupDesk,
  getRecordAnchorDesk,
  getRecordStatusDesk,
} from './record-desk';
import {
  requestAccessDesk,
  decideReleaseDesk,
  refuseAccessDesk,
  deliverRecordsDesk,
  getRequestDesk,
  getDecisionDesk,
  getDeliveryDesk,
} from './release-desk';
import { recordNoticeDesk, endAssistedConsentDesk, getAssistanceDesk } from './assisted-desk';
import { reviewBreakGlassDesk, getReviewDesk } from './break-glass-desk';
import { registerReferralDesk, endReferralDesk, approveStudyDesk, endStudyDesk, getReferralDesk, getStudyDesk } from './proof-desk';
import { recordDeletionDesk, recordRedisclosureDesk } from './after-release-desk';
import { recordConsultationsDesk } from './consultation-desk';
import { anchorAuditRootDesk, getAuditRootDesk } from './audit-desk';
import { storeSealedDesk, readSealedDesk } from './sealed-desk';
import { answer } from './answer';
import { ClaimsContract } from './claims-contract';
import { LedgerContext } from './guarded-contract';
import { admin, anyMember, Evaluate, role, Submit } from './policy';

/**
 * The consortium's one contract. Every transaction takes one argument, a JSON text (model/request.ts), and answers canonical JSON
 * (model/response.ts); a desk parses, asks the rules and records.
 */
@Default()
export class MedaccordContract extends ClaimsContract {
  constructor() {
    super('medaccord');
  }

  @Submit({ allow: [admin] })
  AdoptRules(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AdoptRules', ctx, request, adoptRulesDesk);
  }

  @Submit({ allow: [admin] })
  ApproveRules(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ApproveRules', ctx, request, approveRulesDesk);
  }

  @Submit({ allow: [role('gateway')] })
  RegisterOrganisation(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RegisterOrganisation', ctx, request, registerOrganisationDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRules(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRules', ctx, request, getRulesDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRulesApprovals(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRulesApprovals', ctx, request, getRulesApprovalsDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetOrganisation(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetOrganisation', ctx, request, getOrganisationDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetOrganisations(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetOrganisations', ctx, request, getOrganisationsDesk);
  }

  @Submit({ allow: [role('registrar')] })
  RegisterPatient(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RegisterPatient', ctx, request, registerPatientDesk);
  }

  @Submit({ allow: [anyMember] })
  ReplacePatientKeys(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ReplacePatientKeys', ctx, request, replacePatientKeysDesk);
  }

  @Submit({ allow: [anyMember] })
  NameGuardians(ctx: LedgerContext, request: string): Promise<string> {
    return answer('NameGuardians', ctx, request, nameGuardiansDesk);
  }

  @Submit({ allow: [role('registrar')] })
  PlaceHold(ctx: LedgerContext, request: string): Promise<string> {
    return answer('PlaceHold', ctx, request, placeHoldDesk);
  }

  @Submit({ allow: [role('registrar')] })
  OpenRecovery(ctx: LedgerContext, request: string): Promise<string> {
    return answer('OpenRecovery', ctx, request, openRecoveryDesk);
  }

  @Submit({ allow: [anyMember] })
  ApproveRecovery(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ApproveRecovery', ctx, request, approveRecoveryDesk);
  }

  @Submit({ allow: [anyMember] })
  Veto(ctx: LedgerContext, request: string): Promise<string> {
    return answer('Veto', ctx, request, vetoDesk);
  }

  @Submit({ allow: [role('registrar')] })
  CompleteRecovery(ctx: LedgerContext, request: string): Promise<string> {
    return answer('CompleteRecovery', ctx, request, completeRecoveryDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetPatient(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetPatient', ctx, request, getPatientDesk);
  }

  @Submit({ allow: [anyMember] })
  RegisterRelation(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RegisterRelation', ctx, request, registerRelationDesk);
  }

  @Submit({ allow: [anyMember] })
  RecordConsent(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordConsent', ctx, request, recordConsentDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRelation(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRelation', ctx, request, getRelationDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetConsents(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetConsents', ctx, request, getConsentsDesk);
  }

  @Submit({ allow: [role('registrar'), role('records'), role('physician'), role('nurse')] })
  RecordNotice(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordNotice', ctx, request, recordNoticeDesk);
  }

  @Submit({ allow: [role('registrar')] })
  EndAssistedConsent(ctx: LedgerContext, request: string): Promise<string> {
    return answer('EndAssistedConsent', ctx, request, endAssistedConsentDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetAssistance(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetAssistance', ctx, request, getAssistanceDesk);
  }

  @Submit({ allow: [anyMember] })
  RecordDelegation(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordDelegation', ctx, request, recordDelegationDesk);
  }

  @Submit({ allow: [role('registrar')] })
  AppointDelegate(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AppointDelegate', ctx, request, appointDelegateDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetDelegations(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetDelegations', ctx, request, getDelegationsDesk);
  }

  @Submit({ allow: [role('registrar')] })
  SetPatientStatus(ctx: LedgerContext, request: string): Promise<string> {
    return answer('SetPatientStatus', ctx, request, setPatientStatusDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetPatientStatus(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetPatientStatus', ctx, request, getPatientStatusDesk);
  }

  @Submit({ allow: [role('gateway')] })
  StoreRecords(ctx: LedgerContext, request: string): Promise<string> {
    return answer('StoreRecords', ctx, request, storeRecordsDesk);
  }

  @Submit({ allow: [role('gateway')] })
  AnchorRecords(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AnchorRecords', ctx, request, anchorRecordsDesk);
  }

  @Submit({ allow: [role('gateway')] })
  CloseGroup(ctx: LedgerContext, request: string): Promise<string> {
    return answer('CloseGroup', ctx, request, closeGroupDesk);
  }

  @Submit({ allow: [role('gateway')] })
  AbandonGroup(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AbandonGroup', ctx, request, abandonGroupDesk);
  }

  @Submit({ allow: [role('records'), role('gateway')] })
  SetRecordStatus(ctx: LedgerContext, request: string): Promise<string> {
    return answer('SetRecordStatus', ctx, request, setRecordStatusDesk);
  }

  @Submit({ allow: [role('gateway')] })
  DeleteRecords(ctx: LedgerContext, request: string): Promise<string> {
    return answer('DeleteRecords', ctx, request, deleteRecordsDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetGroup(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetGroup', ctx, request, getGroupDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRecordAnchor(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRecordAnchor', ctx, request, getRecordAnchorDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRecordStatus(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRecordStatus', ctx, request, getRecordStatusDesk);
  }

  @Submit({ allow: askingRoles.map(role) })
  RequestAccess(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RequestAccess', ctx, request, requestAccessDesk);
  }

  @Submit({ allow: [role('gateway')] })
  DecideRelease(ctx: LedgerContext, request: string): Promise<string> {
    return answer('DecideRelease', ctx, request, decideReleaseDesk);
  }

  @Submit({ allow: [role('gateway')] })
  RefuseAccess(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RefuseAccess', ctx, request, refuseAccessDesk);
  }

  @Submit({ allow: [role('gateway')] })
  DeliverRecords(ctx: LedgerContext, request: string): Promise<string> {
    return answer('DeliverRecords', ctx, request, deliverRecordsDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetRequest(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetRequest', ctx, request, getRequestDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetDecision(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetDecision', ctx, request, getDecisionDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetDelivery(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetDelivery', ctx, request, getDeliveryDesk);
  }

  @Submit({ allow: [role('auditor')] })
  ReviewBreakGlass(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ReviewBreakGlass', ctx, request, reviewBreakGlassDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetReview(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetReview', ctx, request, getReviewDesk);
  }

  @Submit({ allow: [role('physician'), role('records')] })
  RegisterReferral(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RegisterReferral', ctx, request, registerReferralDesk);
  }

  @Submit({ allow: [role('physician'), role('records')] })
  EndReferral(ctx: LedgerContext, request: string): Promise<string> {
    return answer('EndReferral', ctx, request, endReferralDesk);
  }

  @Submit({ allow: [role('ethics-officer')] })
  ApproveStudy(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ApproveStudy', ctx, request, approveStudyDesk);
  }

  @Submit({ allow: [role('ethics-officer')] })
  EndStudy(ctx: LedgerContext, request: string): Promise<string> {
    return answer('EndStudy', ctx, request, endStudyDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetReferral(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetReferral', ctx, request, getReferralDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetStudy(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetStudy', ctx, request, getStudyDesk);
  }

  @Submit({ allow: [role('gateway'), ...askingRoles.map(role)] })
  RecordDeletion(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordDeletion', ctx, request, recordDeletionDesk);
  }

  @Submit({ allow: askingRoles.map(role) })
  RecordRedisclosure(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordRedisclosure', ctx, request, recordRedisclosureDesk);
  }

  @Submit({ allow: [role('gateway')] })
  RecordConsultations(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordConsultations', ctx, request, recordConsultationsDesk);
  }

  @Submit({ allow: [role('gateway')] })
  AnchorAuditRoot(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AnchorAuditRoot', ctx, request, anchorAuditRootDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetAuditRoot(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetAuditRoot', ctx, request, getAuditRootDesk);
  }

  @Submit({ allow: [anyMember] })
  StoreSealed(ctx: LedgerContext, request: string): Promise<string> {
    return answer('StoreSealed', ctx, request, storeSealedDesk);
  }

  @Evaluate({ allow: [role('gateway')] })
  ReadSealed(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ReadSealed', ctx, request, readSealedDesk);
  }
}
