import { detailsOf, type RuledRecord } from '../decision';
import { identifierTokensOf, isObject, parseLosslessJson } from '../fhir';
import { openRelease, type OpenedResource, type ReadReleaseOptions } from '../release/read-release';

/** A version of a record as it was delivered, with the names that it is found by. */
export interface OpenedVersion extends OpenedResource {
  readonly type: string;
  readonly id: string;
  readonly identifiers: readonly string[];
  readonly record: RuledRecord;
}

interface Kept {
  readonly opening: Promise<readonly OpenedVersion[]>;
  characters: number;
}

/** How much text is kept in memory, in characters. A release that is larger is opened each time. */
const MOST = 16 * 1024 * 1024;

/** Opens releases, and keeps those that were read last: a delivery never changes. Whether anybody may see them is decided elsewhere. */
export class OpenedReleases {
  readonly #options: ReadReleaseOptions;
  readonly #most: number;
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  constructor(options: ReadReleaseOptions, most: number = MOST) {
    this.#options = options;
    this.#most = most;
  }

  /** @throws CodedError as `openRelease` */
  open(requestId: string): Promise<readonly OpenedVersion[]> {
    const known = this.#kept.get(requestId) ?? this.#start(requestId);
    this.#kept.delete(requestId);
    this.#kept.set(requestId, known);
    return known.opening;
  }

  /** Forgets what was opened of a release that ended. */
  drop(requestId: string): void {
    this.#characters -= this.#kept.get(requestId)?.characters ?? 0;
    this.#kept.delete(requestId);
  }

  #start(requestId: string): Kept {
    const opening = openRelease(this.#options, requestId).then(({ resources }) => resources.map(newVersion));
    const kept: Kept = { opening, characters: 0 };
    opening.then(
      (versions) => {
        if (this.#kept.get(requestId) === kept) this.#weigh(kept, versions);
      },
      () => {
        if (this.#kept.get(requestId) === kept) this.drop(requestId);
      },
    );
    return kept;
  }

  #weigh(kept: Kept, versions: readonly OpenedVersion[]): void {
    kept.characters = versions.reduce((sum, { resource, details }) => sum + resource.length + details.length, 0);
    this.#characters += kept.characters;
    for (const requestId of this.#kept.keys()) {
      if (this.#characters <= this.#most) return;
      this.drop(requestId);
    }
  }
}

function newVersion(opened: OpenedResource): OpenedVersion {
  const value = parseLosslessJson(opened.resource);
  const resource = isObject(value) ? value : {};
  const textOf = (name: string): string => (typeof resource[name] === 'string' ? resource[name] : '');
  const [type, id] = [textOf('resourceType'), textOf('id')];
  return { ...opened, type, id, identifiers: identifierTokensOf(resource), record: detailsOf(opened) };
}
