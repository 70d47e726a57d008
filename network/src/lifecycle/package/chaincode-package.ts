import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeGzip } from './gzip';
import { packTar, type ArchiveFile } from './tar';

/** A chaincode as a Fabric peer takes it in. */
export interface ChaincodePackage {
  /** `<label>:<sha256 of the bytes>`: what the chaincode process is told to be, and what the organisations approve. */
  readonly packageId: string;
  /** A gzipped tar archive. */
  readonly bytes: Uint8Array;
}

export interface ChaincodeContent {
  /** Letters, digits and `_.+-`, starting with a letter or a digit (core/chaincode/persistence). */
  readonly label: string;
  /** SHA-256 (hex) of what runs: the package has the address of the code, not the code. */
  readonly digest: string;
  /** Folder whose `META-INF` goes to the peers, if it has one. */
  readonly folder: string;
}

/**
 * How a peer reaches its chaincode, as the ccaas builder takes it. Each organisation's builder fills in its own values, so that all members
 * have one package and no package has a key.
 */
const CONNECTION = {
  address: '{{.address}}',
  dial_timeout: '10s',
  tls_required: true,
  client_auth_required: true,
  root_cert: '{{.root_cert}}',
  client_cert: '{{.client_cert}}',
  client_key: '{{.client_key}}',
};

const META_INF = 'META-INF';

/**
 * Packs a chaincode that runs as a service (type `ccaas`): the same content is the same package on every machine.
 * Layout: `metadata.json` and `code.tar.gz`, which holds `connection.json`, `chaincode.json` with the digest of the code, and `META-INF`.
 */
export function newChaincodePackage({ label, digest, folder }: ChaincodeContent): ChaincodePackage {
  const code = packTar([newJson('connection.json', CONNECTION), newJson('chaincode.json', { sha256: digest }), ...readMetaInf(folder)]);
  const files = [newJson('metadata.json', { type: 'ccaas', label }), { name: 'code.tar.gz', content: storeGzip(code) }];
  const bytes = storeGzip(packTar(files));
  return { packageId: `${label}:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

function newJson(name: string, value: object): ArchiveFile {
  return { name, content: Buffer.from(`${JSON.stringify(value)}\n`) };
}

function readMetaInf(folder: string): ArchiveFile[] {
  const root = join(folder, META_INF);
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((file) =>
    join(file.parentPath, file.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/'),
  );
  return names.sort().map((name) => ({ name, content: readFileSync(join(folder, name)) }));
}
