import { fieldKey, implicitCollection, LIFECYCLE, readDefinition } from '../config/chaincode-definition';
import type { ChaincodeDefinition, Channel, Collection } from '../config/channel';
import { Recent } from '../msp/recent';
import type { StateReader } from '../store/state';

const REMEMBERED = 200;
const NONE: ChaincodeDefinition = { name: '', version: '', sequence: 0, policy: new Uint8Array(0), collections: [] };

/** The chaincode definitions in a state. One is read once per version: every change of it writes its sequence. */
export class Definitions {
  readonly #known = new Recent<ChaincodeDefinition>(REMEMBERED);

  find(state: StateReader, chaincode: string): ChaincodeDefinition | undefined {
    const version = state.get(LIFECYCLE, fieldKey(chaincode, 'Sequence'))?.version;
    if (version === undefined) return undefined;
    const name = JSON.stringify([chaincode, version.block, version.tx]);
    const found = this.#known.get(name, () => readDefinition(state, chaincode) ?? NONE);
    return found.name === '' ? undefined : found;
  }

  findCollection(
    state: StateReader,
    channel: Channel,
    { chaincode, name }: { readonly chaincode: string; readonly name: string },
  ): Collection | undefined {
    return implicitCollection(channel, name) ?? this.find(state, chaincode)?.collections.find((collection) => collection.name === name);
  }
}
