import { crc32 } from 'node:zlib';

const STORED_AT_MOST = 0xffff;
/** Magic, deflate, no flags, no date, no extra flags, unknown system (RFC 1952). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * Gzip without compression (RFC 1951, stored blocks). What a compressor makes of the same bytes changes with its version and with the processor
 * it runs on; what is stored does not.
 */
export function storeGzip(content: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let start = 0; start === 0 || start < content.length; start += STORED_AT_MOST) {
    const chunk = content.subarray(start, start + STORED_AT_MOST);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + STORED_AT_MOST >= content.length ? 1 : 0, 0);
    head.writeUInt16LE(chunk.length, 1);
    head.writeUInt16LE(~chunk.length & 0xffff, 3);
    blocks.push(head, Buffer.from(chunk));
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length >>> 0, 4);
  return Buffer.concat([HEADER, ...blocks, trailer]);
}
