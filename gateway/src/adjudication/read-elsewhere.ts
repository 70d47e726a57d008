import { addAccumulators, type Accumulators } from '@medaccord/chaincode/model';
import { readChain } from '../claim-papers/read-chain';
import { newError } from '../problem';
import { operationsOf, type AdjudicationOptions } from './adjudication-options';
import { readVersions, type OpenedCoverage } from './open-coverage';

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
    const accumulator = (await readVersions(options, other))?.accumulator;
    if (accumulator == null) continue;
    // By what was decided, and not by her terms there: new ones may not have arrived, and what she used stays used.
    const chain = await readChain(options, other, accumulator);
    if (chain.planId === terms.planId) used = addAccumulators(used, chain.used);
  }
  return used;
}
