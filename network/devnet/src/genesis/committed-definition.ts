import type { ChaincodeDefinition } from '../config/channel';
import type { Administration } from './administration';
import { reading } from './deploy-chaincode';

/** The definition of a chaincode that is committed; undefined: none. */
export function committedDefinition(context: Pick<Administration, 'ledger' | 'members'>, name: string): ChaincodeDefinition | undefined {
  return reading(context, ({ state }) => context.ledger.definition(state, name));
}
