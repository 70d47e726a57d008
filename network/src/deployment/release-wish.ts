import { DeploymentError } from './deployment-error';

/** What somebody who deploys expects of the release. */
export interface ReleaseWish {
  /** Where it is built, instead of where the running one was; absolute. */
  readonly folder?: string;
  readonly version?: string;
  readonly sequence?: number;
}

/** As one word for the running network's door. */
export function formatReleaseWish(wish: ReleaseWish): string {
  return encodeURIComponent(JSON.stringify(wish));
}

/** Of what `formatReleaseWish` made; nothing is wished by an empty word. */
export function parseReleaseWish(word: string): ReleaseWish {
  return word === '' ? {} : (JSON.parse(decodeURIComponent(word)) as ReleaseWish);
}

/** Compares a release with what was wished before anything is done. @throws DeploymentError RELEASE_OTHER */
export function assertAsWished(
  wish: ReleaseWish,
  release: { readonly folder: string; readonly version: string; readonly sequence: number },
): void {
  if (wish.version !== undefined && wish.version !== release.version) {
    const message = `The chaincode in ${release.folder} is version ${release.version}, not ${wish.version}.`;
    throw new DeploymentError('RELEASE_OTHER', message, 'Its version is that of its package.json: set it there.');
  }
  if (wish.sequence !== undefined && wish.sequence !== release.sequence) {
    const message = `This deployment would be sequence ${String(release.sequence)}, not ${String(wish.sequence)}.`;
    throw new DeploymentError('RELEASE_OTHER', message, 'Leave the sequence out: it is counted.');
  }
}
