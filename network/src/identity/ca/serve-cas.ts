import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CaNode } from '../../topology';
import { newCaApp, type CaLog } from './ca-app';
import { openCertificateAuthority, type CaSettings, type CertificateAuthority } from './certificate-authority';

/** The certificate authorities behind one port. */
export interface CaSite {
  readonly host: string;
  /** 0: whichever is free. */
  readonly port: number;
  /** O of a new root. */
  readonly organisation: string;
  /** The first answers requests that name no CA. */
  readonly nodes: readonly CaNode[];
}

export interface CaServiceOptions {
  readonly log?: CaLog;
  readonly settings?: Partial<CaSettings>;
}

export interface CaService {
  /** In the order of the sites. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves certificate authorities, several sites in one process. All of them or none: what was opened is closed again when one fails.
 *
 * @throws the system's error when a port cannot be had (`EADDRINUSE`) or a folder cannot be written.
 */
export async function serveCas(
  sites: readonly CaSite[],
  { log = () => undefined, settings = {} }: CaServiceOptions = {},
): Promise<CaService> {
  const open: OpenSite[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.splice(0).map(closeSite));
  };
  try {
    for (const site of sites) {
      open.push(await openSite(site, log, settings));
    }
    return { urls: open.map(({ url }) => url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface OpenSite {
  readonly url: string;
  readonly server: Server;
  readonly authorities: readonly CertificateAuthority[];
}

async function openSite(site: CaSite, log: CaLog, settings: Partial<CaSettings>): Promise<OpenSite> {
  const authorities = await Promise.all(site.nodes.map((node) => openCertificateAuthority(node, site.organisation, settings)));
  const server = createServer(newCaApp(authorities, log));
  try {
    await listen(server, site);
  } catch (error) {
    authorities.forEach((authority) => {
      authority.close();
    });
    throw error;
  }
  return { url: `http://${site.host}:${String((server.address() as AddressInfo).port)}`, server, authorities };
}

function listen(server: Server, { host, port }: CaSite): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Answers what is under way, then closes the databases. */
async function closeSite({ server, authorities }: OpenSite): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
  authorities.forEach((authority) => {
    authority.close();
  });
}
