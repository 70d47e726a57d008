import { addAccumulators, type Accumulators } from '@medaccord/chaincode/model';
import { readChain } from '../claim-papers/read-chain';
import { newError } from '../problem';
import { operationsOf, type AdjudicationOptions } from './adjudication-options';
import { openCoverage, type OpenedCoverage } from './open-coverage';

/**
 * What whoever has a coverage used under her others of the same plan, as far as the insurer said that they are hers. Nothing of them may be
 * adjudicated meanwhile (`alone` of the options).
 * @throws CodedError READ_MODEL_STALE as long as it is not known what became of an adjudication of theirs
 */
export async function readElsewhere(options: AdjudicationOptions, { coverageId, terms }: OpenedCoverage): Promise<Accumulators> {
  const { beneficiaries, intents } = options.store;
  const beneficiary = await beneficiaries.find(coverageId);
  const hers = beneficiary === undefined ? [] : await beneficiaries.list(beneficiary);
  let used: Accumulators = {};
  for (const other of hers.filter((one) => one.coverageId !== coverageId)) {
    if (await intents.hasOpen(operationsOf(other.coverageId)))
      throw newError('READ_MODEL_STALE', 'What another coverage of hers uses is being decided; try again');
    const opened = await openCoverage(options, other);
    // Under a coverage that she has not signed, or that never opened here, nothing was decided.
    if (typeof opened !== 'object' || opened.terms.planId !== terms.planId) continue;
    used = addAccumulators(used, (await readChain(options, other, opened.accumulator)).used);
  }
  return used;
}
