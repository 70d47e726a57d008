import { existsSync, readdirSync } from 'node:fs';
import { relative } from 'node:path';
import type { Organisation } from '../../topology';

/** What an organisation keeps, in the parts in which it is restored. */
export const PARTS = ['peer', 'identities', 'authorities', 'gateway'] as const;
export type Part = (typeof PARTS)[number];

/** For people. */
export const PART_TITLES: Readonly<Record<Part, string>> = {
  peer: "the peer's ledger with its private data",
  identities: 'keys and certificates',
  authorities: 'the certificate authorities',
  gateway: "the gateway's keys and store",
};

/**
 * Folders of a part, relative to the organisation's. An orderer's chain and write-ahead log are in none: it fetches blocks from the others, and
 * one that goes on from an older log than the votes it has cast could vote twice.
 */
export function listFolders(part: Part, { folder, nodes, identities, msp, ca, tlsCa, gatewayData }: Organisation): string[] {
  const folders: Record<Part, string[]> = {
    peer: [nodes.peer.data],
    identities: [relative(folder, identities.peer.folder).split('/')[0] ?? '', relative(folder, msp.folder)],
    authorities: [ca.folder, tlsCa.folder],
    gateway: [gatewayData],
  };
  return folders[part].map((path) => (path.startsWith(folder) ? relative(folder, path) : path));
}

/** Whether a folder has anything in it. */
export function hasContent(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** The part that a file of an archive belongs to, by its path in the organisation's folder. */
export function partOf(path: string, organisation: Organisation): Part | undefined {
  return PARTS.find((part) => listFolders(part, organisation).some((folder) => path.startsWith(`${folder}/`)));
}

/** What the peer made of chaincode packages; it makes it anew at every start, with the addresses of that day. */
const BUILDS = /(^|\/)externalbuilder\/builds(\/|$)/;
/** What the gateway reads again: ledger facts, and its own records by what they are found by. */
const READ_MODEL = /(^|\/)(projection|index)\.sqlite[^/]*$/;

/** What is made anew by whoever needs it. */
export function isRebuilt(path: string): boolean {
  return BUILDS.test(path) || READ_MODEL.test(path);
}
