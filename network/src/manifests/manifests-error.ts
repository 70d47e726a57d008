import { CodedError } from '../coded-error';
import type { Topology } from '../topology';

/** What can go wrong while manifests are rendered, by stable code. */
export type ManifestsErrorCode = 'ORGANISATION_NAME_TAKEN';

export class ManifestsError extends CodedError<ManifestsErrorCode> {}

/** What is of all organisations, or of none, has a file or a namespace under these names. */
const TAKEN = ['all', 'monitoring'];

export function assertNamesFree({ organisations }: Pick<Topology, 'organisations'>): void {
  const taken = organisations.find(({ name }) => TAKEN.includes(name));
  if (taken !== undefined)
    throw new ManifestsError(
      'ORGANISATION_NAME_TAKEN',
      `An organisation called ${taken.name} can have no manifests: they have files and namespaces of that name for everybody.`,
      'Call it otherwise in the topology file.',
    );
}
