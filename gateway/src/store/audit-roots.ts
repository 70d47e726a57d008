import type { AuditRoot } from '@medaccord/chaincode/model';
import type { Fact, Facts } from './facts';

/** The roots of one audit log on the ledger. Their numbers have no gap, so that the newest is found by halving. */
export class AuditRoots {
  readonly #facts: Pick<Facts, 'find'>;
  readonly #ref: string;

  constructor(facts: Pick<Facts, 'find'>, mspId: string, log: string) {
    this.#facts = facts;
    this.#ref = `${mspId}/${log}`;
  }

  find(number: number): Fact<AuditRoot> | undefined {
    return this.#facts.find<AuditRoot>('audit-root', this.#ref, String(number));
  }

  findNewest(): Fact<AuditRoot> | undefined {
    let step = 1;
    while (this.find(step) !== undefined) step *= 2;
    let newest: Fact<AuditRoot> | undefined;
    for (let number = 0; step >= 1; step = Math.floor(step / 2)) {
      const found = this.find(number + step);
      if (found === undefined) continue;
      number += step;
      newest = found;
    }
    return newest;
  }
}
