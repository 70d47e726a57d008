import { adjudicateClaimsDesk, confirmAdjudicationDesk } from './adjudication-desk';
import { answer } from './answer';
import { appealClaimDesk, decideAppealDesk, getAppealsDesk } from './appeal-desk';
import { acknowledgeClaimsDesk, getClaimDesk, submitClaimDesk } from './claim-desk';
import { recordCoverageDesk, getCoveragesDesk } from './coverage-desk';
import { GuardedContract, LedgerContext } from './guarded-contract';
import { publishPlanDesk, getPlanDesk } from './plan-desk';
import { anyMember, Evaluate, role, Submit } from './policy';
import { clearPaymentDesk, getSettlementDesk, notifyPaymentDesk, proposeSettlementDesk, signSettlementDesk } from './settlement-desk';

/** The transactions about plans, coverages and claims: a part of the consortium's one contract (medaccord-contract.ts). */
export abstract class ClaimsContract extends GuardedContract {
  @Submit({ allow: [role('insurer-clerk')] })
  PublishPlan(ctx: LedgerContext, request: string): Promise<string> {
    return answer('PublishPlan', ctx, request, publishPlanDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetPlan(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetPlan', ctx, request, getPlanDesk);
  }

  @Submit({ allow: [role('insurer-clerk'), role('gateway')] })
  RecordCoverage(ctx: LedgerContext, request: string): Promise<string> {
    return answer('RecordCoverage', ctx, request, recordCoverageDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetCoverages(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetCoverages', ctx, request, getCoveragesDesk);
  }

  @Submit({ allow: [role('records'), role('gateway')] })
  SubmitClaim(ctx: LedgerContext, request: string): Promise<string> {
    return answer('SubmitClaim', ctx, request, submitClaimDesk);
  }

  @Submit({ allow: [role('gateway'), role('insurer-clerk')] })
  AcknowledgeClaims(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AcknowledgeClaims', ctx, request, acknowledgeClaimsDesk);
  }

  @Submit({ allow: [role('gateway'), role('insurer-clerk')] })
  AdjudicateClaims(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AdjudicateClaims', ctx, request, adjudicateClaimsDesk);
  }

  @Submit({ allow: [role('insurer-clerk')] })
  ConfirmAdjudication(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ConfirmAdjudication', ctx, request, confirmAdjudicationDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetClaim(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetClaim', ctx, request, getClaimDesk);
  }

  @Submit({ allow: [anyMember] })
  AppealClaim(ctx: LedgerContext, request: string): Promise<string> {
    return answer('AppealClaim', ctx, request, appealClaimDesk);
  }

  @Submit({ allow: [role('insurer-clerk'), role('ethics-officer')] })
  DecideAppeal(ctx: LedgerContext, request: string): Promise<string> {
    return answer('DecideAppeal', ctx, request, decideAppealDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetAppeals(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetAppeals', ctx, request, getAppealsDesk);
  }

  @Submit({ allow: [role('gateway'), role('insurer-clerk')] })
  ProposeSettlement(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ProposeSettlement', ctx, request, proposeSettlementDesk);
  }

  @Submit({ allow: [role('records'), role('gateway')] })
  SignSettlement(ctx: LedgerContext, request: string): Promise<string> {
    return answer('SignSettlement', ctx, request, signSettlementDesk);
  }

  @Submit({ allow: [role('gateway'), role('insurer-clerk')] })
  NotifyPayment(ctx: LedgerContext, request: string): Promise<string> {
    return answer('NotifyPayment', ctx, request, notifyPaymentDesk);
  }

  @Submit({ allow: [role('records'), role('gateway')] })
  ClearPayment(ctx: LedgerContext, request: string): Promise<string> {
    return answer('ClearPayment', ctx, request, clearPaymentDesk);
  }

  @Evaluate({ allow: [anyMember] })
  GetSettlement(ctx: LedgerContext, request: string): Promise<string> {
    return answer('GetSettlement', ctx, request, getSettlementDesk);
  }
}
