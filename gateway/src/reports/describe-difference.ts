import { formatCanonical, type AdjudicatedLine, type Adjudication } from '@medaccord/chaincode/model';

/** What became of a line, or of a claim. */
interface Told {
  readonly outcome: string;
  readonly benefit: number;
  readonly patient: number;
  readonly pending: number;
}

type ToldLine = Told & { readonly reasons: readonly { readonly reason: string; readonly amount: number }[] };

/** What a draft changes of a claim: of each line that differs, the amounts and reasons of both. */
export interface Difference {
  readonly before: Told;
  readonly after: Told;
  readonly lines: readonly { readonly line: number; readonly before: ToldLine; readonly after: ToldLine }[];
}

/** Where two decisions of one claim differ in an outcome, an amount or a reason; undefined where they do not. */
export function describeDifference(before: Adjudication, after: Adjudication): Difference | undefined {
  const lines = before.lines.flatMap((line) => {
    const other = after.lines.find(({ sequence }) => sequence === line.sequence);
    if (other === undefined || formatCanonical(outcomeOf(line)) === formatCanonical(outcomeOf(other))) return [];
    return [{ line: line.sequence, before: tellLine(line), after: tellLine(other) }];
  });
  return lines.length === 0 ? undefined : { before: tell(before.outcome, before.totals), after: tell(after.outcome, after.totals), lines };
}

/** Without the names of the plan's parts: a part may have another name in another plan. */
function outcomeOf({ outcome, amounts, adjustments }: AdjudicatedLine): object {
  return { outcome, amounts, reasons: adjustments.map(({ reason, amount }) => ({ reason, amount })) };
}

function tellLine({ outcome, amounts, adjustments }: AdjudicatedLine): ToldLine {
  return { ...tell(outcome, amounts), reasons: adjustments.map(({ reason, amount }) => ({ reason, amount })) };
}

function tell(outcome: string, { benefit, memberliability, pending }: Adjudication['totals']): Told {
  return { outcome, benefit, patient: memberliability, pending };
}
