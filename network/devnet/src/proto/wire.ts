import { isUtf8 } from 'node:buffer';

/**
 * What of a message Go's decoder looks at beyond the wire format itself: which fields are text (must be UTF-8) and which are messages.
 * google-protobuf accepts field number 0, a stray end of group and broken UTF-8; Fabric refuses the message.
 */
export interface Shape {
  readonly strings?: readonly number[];
  readonly messages?: Readonly<Record<number, Shape>>;
}

/** The bytes are no protobuf message, or not one that Go's decoder takes. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/**
 * Walks a message as Go's protobuf decoder does.
 * @throws MalformedMessage
 */
export function assertWellFormed(bytes: Uint8Array, shape: Shape = {}): void {
  new Walk(bytes).message(shape);
}

type Decoder<T> = { deserializeBinary(bytes: Uint8Array): T };

/**
 * Decodes a message strictly.
 * @throws MalformedMessage
 */
export function decode<T>(type: Decoder<T>, bytes: Uint8Array, shape: Shape = {}): T {
  assertWellFormed(bytes, shape);
  try {
    return type.deserializeBinary(bytes);
  } catch (error) {
    throw new MalformedMessage(error instanceof Error ? error.message : String(error));
  }
}

class Walk {
  #at = 0;
  constructor(
    readonly bytes: Uint8Array,
    readonly end: number = bytes.length,
  ) {}

  message(shape: Shape): void {
    while (this.#at < this.end) {
      const tag = this.#varint();
      this.#field(Math.floor(tag / 8), tag % 8, shape);
    }
  }

  #field(number: number, wireType: number, shape: Shape): void {
    if (number < 1 || number > 0x1fffffff) throw new MalformedMessage('invalid field number');
    if (wireType === VARINT) this.#varint();
    else if (wireType === FIXED64) this.#skip(8);
    else if (wireType === FIXED32) this.#skip(4);
    else if (wireType === BYTES) this.#content(number, shape);
    else if (wireType === START_GROUP) this.#group(number);
    else throw new MalformedMessage('invalid wire type');
  }

  #content(number: number, shape: Shape): void {
    const length = this.#varint();
    const start = this.#at;
    this.#skip(length);
    const inner = shape.messages?.[number];
    if (inner !== undefined) new Walk(this.bytes.subarray(start, this.#at)).message(inner);
    else if (shape.strings?.includes(number) === true && !isUtf8(this.bytes.subarray(start, this.#at)))
      throw new MalformedMessage('string field contains invalid UTF-8');
  }

  #group(number: number): void {
    for (;;) {
      const tag = this.#varint();
      const inner = Math.floor(tag / 8);
      if (tag % 8 === END_GROUP) {
        if (inner === number) return;
        throw new MalformedMessage('mismatching end group marker');
      }
      this.#field(inner, tag % 8, {});
    }
  }

  #skip(count: number): void {
    if (count > this.end - this.#at) throw new MalformedMessage('unexpected end of message');
    this.#at += count;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.bytes[this.#at];
      if (byte === undefined || this.#at >= this.end) throw new MalformedMessage('unexpected end of message');
      this.#at++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedMessage('variable length integer overflow');
  }
}

/** What a reader returns; undefined where the bytes are no such message. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}
