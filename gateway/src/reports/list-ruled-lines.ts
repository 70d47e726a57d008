import type { AdjudicatedLine, Adjudication, AdjudicationDocument } from '@medaccord/chaincode/model';

/** A line as it was decided, by the rule or beside it. */
export interface RuledLine {
  readonly line: AdjudicatedLine;
  readonly benefit: number;
  readonly patient: number;
}

/** The lines of an adjudication; none of a claim that was taken back. What a person paid more is taken from what the patient bears. */
export function listRuledLines({ decided }: Pick<AdjudicationDocument, 'decided'>): readonly RuledLine[] {
  if (decided === null) return [];
  const byPerson = new Map(decided.overrides.map(({ line, benefit }) => [line, benefit]));
  return (JSON.parse(decided.result) as Adjudication).lines.map((line) => {
    const benefit = byPerson.get(line.sequence) ?? line.amounts.benefit;
    return { line, benefit, patient: Math.max(0, line.amounts.memberliability - Math.max(0, benefit - line.amounts.benefit)) };
  });
}
