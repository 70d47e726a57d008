import { concat } from '../proto/bytes';

/** A length-delimited field: a message is embedded as the bytes it came in. */
export function bytesField(number: number, content: Uint8Array): Uint8Array {
  return concat(varint(number * 8 + 2), varint(content.length), content);
}

export function numberField(number: number, value: number): Uint8Array {
  return concat(varint(number * 8), varint(value));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
