/** A file in an archive; `name` with slashes, at most 100 bytes. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const MODE = 0o100644;

/**
 * A tar archive (POSIX ustar, IEEE 1003.1 pax) of plain files in the given order: no owner, no date. The same files are the same bytes on every
 * machine, which no library promises across its versions, and the id of a chaincode package is the digest of these bytes.
 */
export function packTar(files: readonly ArchiveFile[]): Buffer {
  const end = Buffer.alloc(2 * BLOCK);
  return Buffer.concat([...files.flatMap(({ name, content }) => [newHeader(name, content.length), pad(content)]), end]);
}

function newHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`A name in an archive has at most 100 bytes: ${name}`);
  header.write(name, 0);
  writeOctal(header, 100, 8, MODE);
  writeOctal(header, 108, 8, 0);
  writeOctal(header, 116, 8, 0);
  writeOctal(header, 124, 12, size);
  writeOctal(header, 136, 12, 0);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257, 'latin1');
  // The checksum counts its own field as spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function writeOctal(header: Buffer, offset: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
}

function pad(content: Uint8Array): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
