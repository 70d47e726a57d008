import type { Adjudication } from '@medaccord/chaincode/model';

/** What many adjudications come to, in minor units of one currency. */
export interface ClaimTotals {
  readonly submitted: number;
  readonly benefit: number;
  /** What patients bear. */
  readonly patient: number;
  /** Waits for a person. */
  readonly pending: number;
  readonly categories: readonly {
    readonly category: string | null;
    readonly lines: number;
    readonly benefit: number;
    readonly patient: number;
  }[];
  /** What is not paid, and what waits, by reason. */
  readonly reasons: readonly { readonly reason: string; readonly lines: number; readonly amount: number }[];
}

/** Adds adjudications up. */
export class TotalsTally {
  readonly #sums = { submitted: 0, benefit: 0, patient: 0, pending: 0 };
  readonly #categories = new Map<string | null, { lines: number; benefit: number; patient: number }>();
  readonly #reasons = new Map<string, { lines: number; amount: number }>();

  add({ lines, totals }: Pick<Adjudication, 'lines' | 'totals'>): void {
    this.#sums.submitted += totals.submitted;
    this.#sums.benefit += totals.benefit;
    this.#sums.patient += totals.memberliability;
    this.#sums.pending += totals.pending;
    for (const { category, amounts, adjustments } of lines) {
      const of = this.#categories.get(category) ?? { lines: 0, benefit: 0, patient: 0 };
      const [benefit, patient] = [of.benefit + amounts.benefit, of.patient + amounts.memberliability];
      this.#categories.set(category, { lines: of.lines + 1, benefit, patient });
      for (const { reason, amount } of adjustments) {
        const because = this.#reasons.get(reason) ?? { lines: 0, amount: 0 };
        this.#reasons.set(reason, { lines: because.lines + 1, amount: because.amount + amount });
      }
    }
  }

  /** In the order of the names. */
  tell(): ClaimTotals {
    const inOrder = <T>(rows: ReadonlyMap<string | null, T>): [string | null, T][] =>
      [...rows].sort(([one], [other]) => ((one ?? '') < (other ?? '') ? -1 : 1));
    return {
      ...this.#sums,
      categories: inOrder(this.#categories).map(([category, sums]) => ({ category, ...sums })),
      reasons: inOrder(this.#reasons).map(([reason, sums]) => ({ reason: reason ?? '', ...sums })),
    };
  }
}
