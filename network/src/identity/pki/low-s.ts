const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;
const INTEGER = 0x02;
const SEQUENCE = 0x30;
const COORDINATE_BYTES = 32;

/**
 * Tells whether a P-256 signature in DER has the lower of its two possible values of s, the only one that Fabric takes
 * (fabric-lib-go/bccsp/utils/ecdsa.go IsLowS). False for anything that is no signature.
 */
export function isLowS(signature: Uint8Array): boolean {
  const s = readS(Buffer.from(signature));
  return s !== undefined && s > 0n && s <= HALF_ORDER;
}

/** Turns r and s, 32 bytes each, into DER with the low s. */
export function formatLowS(rs: Uint8Array): Buffer {
  const s = toBigInt(rs.subarray(COORDINATE_BYTES));
  const low = Buffer.from((s > HALF_ORDER ? ORDER - s : s).toString(16).padStart(COORDINATE_BYTES * 2, '0'), 'hex');
  const body = Buffer.concat([formatInteger(rs.subarray(0, COORDINATE_BYTES)), formatInteger(low)]);
  return Buffer.concat([Buffer.from([SEQUENCE, body.length]), body]);
}

function readS(der: Buffer): bigint | undefined {
  const rLength = der[3] ?? 0;
  const sAt = 4 + rLength;
  const sLength = der[sAt + 1] ?? 0;
  const wellFormed =
    der[0] === SEQUENCE &&
    der[1] === der.length - 2 &&
    der[2] === INTEGER &&
    der[sAt] === INTEGER &&
    sAt + 2 + sLength === der.length &&
    sLength > 0;
  return wellFormed ? toBigInt(der.subarray(sAt + 2)) : undefined;
}

function formatInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = Buffer.from(start < 0 ? [0] : bytes.subarray(start));
  const padded = (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return Buffer.concat([Buffer.from([INTEGER, padded.length]), padded]);
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
