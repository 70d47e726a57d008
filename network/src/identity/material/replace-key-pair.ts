import { existsSync, renameSync, rmSync } from 'node:fs';
import { writePrivateFile, writePublicFile } from '../../files';
import type { KeyFiles } from '../../topology';
import type { Credentials } from '../pki/request-token';

const NEXT = '.next';

/**
 * Puts a certificate and its key in the place of others. Both are written whole beside their places before either is moved, so that an
 * interruption at any point leaves the old pair or what `completeReplacement` makes the new pair of.
 */
export function replaceKeyPair(files: KeyFiles, { certificate, privateKey }: Credentials): void {
  completeReplacement(files);
  writePrivateFile(files.privateKey + NEXT, privateKey);
  writePublicFile(files.certificate + NEXT, certificate);
  completeReplacement(files);
}

/** Ends a replacement that was interrupted: the certificate was written last and is moved last. */
export function completeReplacement({ certificate, privateKey }: KeyFiles): void {
  if (!existsSync(certificate + NEXT)) {
    rmSync(privateKey + NEXT, { force: true });
    return;
  }
  if (existsSync(privateKey + NEXT)) renameSync(privateKey + NEXT, privateKey);
  renameSync(certificate + NEXT, certificate);
}
