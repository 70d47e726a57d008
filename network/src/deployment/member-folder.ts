import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../files';
import { ofMember, type Organisation, type Topology } from '../topology';
import { DeploymentError } from './deployment-error';
import { openRunFolder } from './run-folder';

/** Holds the name of the member whose nodes run from this folder; it is there where that is one alone. */
const fileOf = ({ paths }: Topology): string => join(paths.run, 'member');

/** The topology as its run folder says which members are on this machine. @throws DeploymentError RUN_FOLDER_FOREIGN */
export function readMembersHere(topology: Topology): Topology {
  const name = readMember(topology);
  if (name === undefined) return topology;
  if (topology.organisations.some((each) => each.name === name)) return ofMember(topology, name);
  throw newForeign(topology, `holds the nodes of ${name}, which the topology does not have`);
}

/**
 * Makes the run folder that of one member alone, for ever. Nothing where it is that already.
 * @throws DeploymentError RUN_FOLDER_FOREIGN when it is another's, or has keys of others; NETWORK_RUNNING
 */
export function claimForMember(topology: Topology, member: Organisation): Topology {
  const name = readMember(topology);
  if (name === member.name) return ofMember(topology, name);
  if (name !== undefined) throw newForeign(topology, `holds the nodes of ${name}, not those of ${member.name}`);
  const release = openRunFolder(topology);
  try {
    const others = topology.organisations.filter((each) => each.name !== member.name && hasKeys(each));
    if (others.length > 0) throw newForeign(topology, `holds keys of ${others.map((each) => each.name).join(', ')}`);
    writePrivateFile(fileOf(topology), `${member.name}\n`);
  } finally {
    release();
  }
  return ofMember(topology, member.name);
}

function readMember(topology: Topology): string | undefined {
  const file = fileOf(topology);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

function hasKeys({ ca, identities }: Organisation): boolean {
  return existsSync(ca.privateKey) || existsSync(identities.admin.privateKey);
}

function newForeign({ paths }: Topology, why: string): DeploymentError {
  const hint = 'A run folder is that of one member, or of all: name another one with `--run-folder`.';
  return new DeploymentError('RUN_FOLDER_FOREIGN', `${paths.run} ${why}.`, hint);
}
