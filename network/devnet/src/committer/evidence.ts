import type { PolicyVerdict } from '../policy/policy';
import type { Version } from '../store/state';

/** A key of the public state, or of a collection by hex of its hash. */
export interface KeyPlace {
  readonly namespace: string;
  readonly collection?: string | undefined;
  readonly key: string;
}

/** What a check found when it refused a transaction: facts only, text is made of them after the verdict. */
export type Evidence =
  | {
      readonly kind: 'policy';
      readonly namespace: string;
      readonly collection?: string | undefined;
      /** Absent: the policy of the chaincode or collection, not of one key. */
      readonly key?: string | undefined;
      readonly verdict: PolicyVerdict;
    }
  | ({ readonly kind: 'policy-changed'; readonly by: number } & KeyPlace)
  | ({
      readonly kind: 'read';
      readonly recorded: Version | undefined;
      readonly found: Version | undefined;
      readonly inBlock: boolean;
    } & KeyPlace)
  | {
      readonly kind: 'range';
      readonly namespace: string;
      readonly startKey: string;
      readonly endKey: string;
      /** The first key at which recorded and found differ; absent where only a summary was recorded. */
      readonly difference?:
        { readonly key: string; readonly recorded: Version | undefined; readonly found: Version | undefined } | undefined;
    }
  | { readonly kind: 'undefined'; readonly what: string };
