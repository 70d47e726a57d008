import { formatJson, isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { newError } from '../problem';

/** Operations of one patch, and segments of a pointer. */
const mostOperations = 1_000;
const deepest = 100;
/** Most text that moves and copies may take along, all together: each could double what the one before it made. */
const mostTaken = 8_388_608;

/** A JSON Pointer (RFC 6901), split and unescaped. */
type Pointer = readonly string[];

/** An operation of a JSON Patch (RFC 6902). */
export type PatchOperation = { readonly path: Pointer } & (
  | { readonly op: 'add' | 'replace' | 'test'; readonly value: JsonValue }
  | { readonly op: 'remove' }
  | { readonly op: 'move' | 'copy'; readonly from: Pointer }
);

/**
 * Reads a JSON Patch (RFC 6902); numbers keep their digits.
 * @throws FhirError BUNDLE_NOT_JSON; CodedError PATCH_INVALID
 */
export function parseJsonPatch(text: string): readonly PatchOperation[] {
  const patch = parseLosslessJson(text);
  if (!Array.isArray(patch)) throw invalid('patch', 'must be a list of operations');
  if (patch.length > mostOperations) throw invalid('patch', `may have ${String(mostOperations)} operations at most`);
  return patch.map((operation, at) => parseOperation(operation, `patch[${String(at)}]`));
}

function parseOperation(operation: JsonValue, place: string): PatchOperation {
  if (!isObject(operation)) throw invalid(place, 'must be an object with op and path');
  const { op, value } = operation;
  const path = parsePointer(operation['path'], `${place}.path`);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (value === undefined) throw invalid(`${place}.value`, 'is required');
      return { op, path, value };
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return { op, path, from: parsePointer(operation['from'], `${place}.from`) };
    default:
      throw invalid(`${place}.op`, 'must be add, remove, replace, move, copy or test');
  }
}

function parsePointer(text: JsonValue | undefined, place: string): Pointer {
  if (typeof text !== 'string' || !/^(?:\/(?:[^~/]|~[01])*)*$/.test(text)) throw invalid(place, 'must be a JSON Pointer, such as /name/0');
  const [, ...segments] = text.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (segments.length > deepest || segments.includes('__proto__')) throw invalid(place, 'points at what no resource has');
  return segments;
}

/**
 * The resource after a patch: every operation was carried out, in order. The resource itself is not changed.
 * @throws CodedError PATCH_FAILED when an operation does not fit; it names the operation, never a value
 */
export function applyJsonPatch(resource: JsonObject, patch: readonly PatchOperation[]): JsonValue {
  const take = newTaker();
  return patch.reduce<JsonValue>(
    (document, operation, at) => applyOperation(document, operation, { place: `patch[${String(at)}]`, take }),
    resource,
  );
}

type Take = (value: JsonValue, place: string) => JsonValue;
type Step = { readonly place: string; readonly take: Take };

function applyOperation(document: JsonValue, operation: PatchOperation, { place, take }: Step): JsonValue {
  const { path } = operation;
  switch (operation.op) {
    case 'add':
      return add(document, path, { value: operation.value, place });
    case 'remove':
      return remove(document, path, place);
    case 'replace':
      find(document, path, place);
      return change(document, path, { place, edit: (parent, name) => put(parent, name, operation.value), whole: operation.value });
    case 'test':
      if (!isEqual(find(document, path, place), operation.value)) throw failed(place, 'tests for another value than there is');
      return document;
    case 'copy':
      return add(document, path, { value: take(find(document, operation.from, place), place), place });
    case 'move': {
      const { from } = operation;
      if (from.length < path.length && from.every((segment, at) => segment === path[at]))
        throw failed(place, 'moves something into itself');
      const value = take(find(document, from, place), place);
      return add(remove(document, from, place), path, { value, place });
    }
  }
}

/** Takes values along as copies, as long as they are not too many: a nesting too deep to be read is refused by the reader. */
function newTaker(): Take {
  let taken = 0;
  return (value, place) => {
    const text = formatJson(value);
    taken += text.length;
    if (taken > mostTaken) throw failed(place, `takes along more than ${String(mostTaken)} characters`);
    return parseLosslessJson(text);
  };
}

function find(document: JsonValue, path: Pointer, place: string): JsonValue {
  return path.reduce<JsonValue>((value, segment) => {
    const next = Array.isArray(value)
      ? value[parseIndex(segment, value.length - 1) ?? -1]
      : isObject(value) && Object.hasOwn(value, segment)
        ? value[segment]
        : undefined;
    if (next === undefined) throw failed(place, 'points at what is not there');
    return next;
  }, document);
}

type Parent = JsonObject | JsonValue[];
interface Edit {
  readonly place: string;
  /** The parent of what is pointed at, changed. */
  readonly edit: (parent: Parent, name: string) => JsonValue;
  /** What becomes of the whole document, when it is the one pointed at. */
  readonly whole: JsonValue;
}

/** A copy of the document in which the parent of what is pointed at is changed; all beside the way there is shared. */
function change(document: JsonValue, [segment, ...rest]: Pointer, edit: Edit): JsonValue {
  if (segment === undefined) return edit.whole;
  if (!Array.isArray(document) && !isObject(document)) throw failed(edit.place, 'points at what is not there');
  if (rest.length === 0) return edit.edit(document, segment);
  return put(document, segment, change(find(document, [segment], edit.place), rest, edit));
}

function put(parent: Parent, name: string, value: JsonValue): JsonValue {
  return Array.isArray(parent) ? parent.with(Number(name), value) : { ...parent, [name]: value };
}

function add(document: JsonValue, path: Pointer, { value, place }: { readonly value: JsonValue; readonly place: string }): JsonValue {
  const edit: Edit['edit'] = (parent, name) => {
    if (!Array.isArray(parent)) return put(parent, name, value);
    const at = name === '-' ? parent.length : parseIndex(name, parent.length);
    if (at === undefined) throw failed(place, 'points at what is not there');
    return parent.toSpliced(at, 0, value);
  };
  return change(document, path, { place, edit, whole: value });
}

function remove(document: JsonValue, path: Pointer, place: string): JsonValue {
  find(document, path, place);
  const edit: Edit['edit'] = (parent, name) => {
    if (Array.isArray(parent)) return parent.toSpliced(Number(name), 1);
    const { [name]: _removed, ...rest } = parent;
    return rest;
  };
  return change(document, path, { place, edit, whole: null });
}

function parseIndex(segment: string, last: number): number | undefined {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : Infinity;
  return index <= last ? index : undefined;
}

/** Equality as RFC 6902 defines it for `test`: numbers by their value. */
function isEqual(one: JsonValue, other: JsonValue): boolean {
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => isEqual(item, other[at] ?? null));
  if (isObject(one)) {
    if (!isObject(other) || Object.keys(one).length !== Object.keys(other).length) return false;
    return Object.entries(one).every(([name, value]) => Object.hasOwn(other, name) && isEqual(value, other[name] ?? null));
  }
  const [text, same] = [formatJson(one), formatJson(other)];
  return text === same || (isNumber(text) && isNumber(same) && Number(text) === Number(same));
}

function isNumber(text: string): boolean {
  return /^[-\d]/.test(text);
}

function invalid(place: string, problem: string): Error {
  return newError('PATCH_INVALID', `${place} ${problem}`, { details: { place } });
}

function failed(place: string, problem: string): Error {
  return newError('PATCH_FAILED', `${place} ${problem}`, { details: { place } });
}
