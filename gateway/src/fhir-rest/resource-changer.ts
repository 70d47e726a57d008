import { FhirError, formatJson, isObject, type JsonObject, type JsonValue } from '../fhir';
import { newError, readCode } from '../problem';
import type { FhirAnswer } from './answer';
import { formatEntityTag } from './entity-tag';
import { applyJsonPatch, parseJsonPatch } from './json-patch';
import type { ResourceReader } from './resource-reader';
import { assertMatch, type ResourceWriter, type WriteContext } from './resource-writer';

/** How often a change is made anew because another writer came in between. */
const tries = 5;

/** Changes resources that are held: the next version is made of the newest one, whoever else writes at the same time. */
export class ResourceChanger {
  readonly #reader: ResourceReader;
  readonly #writer: ResourceWriter;

  constructor(reader: ResourceReader, writer: ResourceWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /**
   * Applies a JSON Patch (FHIR R4 http.html#patch) to the resource as it is read.
   * @throws FhirError; CodedError RESOURCE_NOT_FOUND, RESOURCE_DELETED, PATCH_INVALID, PATCH_FAILED, FHIR_INVALID
   */
  async patch(type: string, id: string, text: string, context: WriteContext): Promise<FhirAnswer> {
    const patch = parseJsonPatch(text);
    return this.change(type, id, (resource) => applyJsonPatch(resource, patch), context);
  }

  /**
   * Patches the one resource that a condition finds; after the patch it may find none, or another.
   * @throws also FhirError BUNDLE_CONDITION_AMBIGUOUS
   */
  async patchFound(type: string, condition: string, text: string, context: WriteContext): Promise<FhirAnswer> {
    const done = await this.#findDone(context);
    if (done !== undefined) return done;
    const found = await this.#writer.findOne(type, condition);
    if (found === undefined) throw newError('RESOURCE_NOT_FOUND', 'No resource held here fulfils the condition');
    return this.patch(type, found.id, text, context);
  }

  /** Writes what `next` makes of the newest version. A repeat of an operation that was carried out gives its outcome. */
  async change(type: string, id: string, next: (resource: JsonObject) => JsonValue, context: WriteContext): Promise<FhirAnswer> {
    const done = await this.#findDone(context);
    if (done !== undefined) return done;
    for (let left = tries; ; left -= 1) {
      const { resource, version } = await this.#readNewest(type, id, context.ifMatch);
      const changed = next(resource);
      if (!isObject(changed)) throw new FhirError('BUNDLE_INVALID', type, 'must still be a resource.');
      const own = { ...context, ifMatch: formatEntityTag(version) };
      try {
        return await this.#writer.write(type, { kind: 'update', id }, formatJson(changed), own);
      } catch (error) {
        if (readCode(error) !== 'BUNDLE_VERSION_OUTDATED' || context.ifMatch !== undefined || left === 1) throw error;
      }
    }
  }

  /** The outcome of an operation that was carried out before. */
  async #findDone({ operation, answer }: WriteContext): Promise<FhirAnswer | undefined> {
    const done = await this.#writer.findDone(operation);
    return done === undefined ? undefined : this.#writer.answer(done, answer);
  }

  async #readNewest(type: string, id: string, ifMatch: string | undefined): Promise<{ resource: JsonObject; version: number }> {
    const { resource, version } = await this.#reader.read(type, id);
    if (resource === undefined || version === undefined) throw newError('INTERNAL', 'The resource was not read');
    if (ifMatch !== undefined) assertMatch(ifMatch, version.version);
    return { resource, version: version.version };
  }
}
