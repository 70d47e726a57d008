import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { signStaffToken, type StaffClaims } from '../auth/staff-token';
import { connectionDocument, type ConnectionDocument } from '../config/connection-document';
import type { PrivateJwk } from '../crypto';
import { tokenKeyPath } from '../organisation/organisation-keys';
import type { Member } from '../story';
import { CliError } from './cli-error';

/** The members of a running network and what this machine has of them. */
export type Connections = {
  readonly members: readonly Member[];
  /** By MSP id. */
  readonly documents: ReadonlyMap<string, ConnectionDocument>;
};

/** Reads one connection document. @throws {CliError} CONNECTION_UNREADABLE */
export async function readConnection(file: string): Promise<ConnectionDocument> {
  try {
    return connectionDocument.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is not a connection document';
    throw new CliError(
      'CONNECTION_UNREADABLE',
      `${file} cannot be read: ${why}.`,
      'Name a connection.json of an organisation in the run folder.',
    );
  }
}

/** Reads the connection documents in a network's run folder. @throws {CliError} CONNECTIONS_NOT_FOUND, CONNECTION_UNREADABLE */
export async function readConnections(runFolder: string): Promise<Connections> {
  const folder = join(runFolder, 'organisations');
  const names = await readdir(folder).catch(() => [] as string[]);
  const documents = await Promise.all(names.map((name) => readConnection(join(folder, name, 'connection.json'))));
  const [first] = documents;
  if (first === undefined) {
    throw new CliError('CONNECTIONS_NOT_FOUND', `${runFolder} is not the run folder of a network.`, 'Start one with `npm start`.');
  }
  return { members: first.members, documents: new Map(documents.map((document) => [document.organisation.mspId, document])) };
}

/**
 * Signs a staff token with the organisation's own token key.
 * @param keys the folder that the organisation's gateway has its keys in, if that is not in its data folder
 * @throws {CliError} TOKEN_KEY_MISSING
 */
export async function newStaffToken(
  document: ConnectionDocument,
  claims: StaffClaims,
  hours: number,
  keys: string = join(document.data, 'keys'),
): Promise<string> {
  const file = tokenKeyPath(keys);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CliError(
      'TOKEN_KEY_MISSING',
      `The token key ${file} cannot be read.`,
      'The gateway makes it at its first start; MEDACCORD_KEYS names its folder of keys, if it is not in the data folder.',
    );
  });
  const key = JSON.parse(text) as PrivateJwk;
  return signStaffToken({ mspId: document.organisation.mspId, key }, claims, hours * 3600);
}
