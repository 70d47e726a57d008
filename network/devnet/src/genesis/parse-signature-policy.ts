import type { common, msp } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import { envelope, nOutOf, rolePrincipal, signedBy, type Role } from '../policy/build-policy';

/**
 * Parses Fabric's policy language: AND(...), OR(...), OutOf(n, ...) over 'MSP.role', nested.
 * Principals are numbered as Fabric does: those of inner gates first (common/policydsl/policyparser.go), so that the bytes are equal.
 * @throws DevnetError DEVNET_POLICY_INVALID with the position
 */
export function parseSignaturePolicy(source: string): common.SignaturePolicyEnvelope {
  const parser = new PolicyParser(source);
  const gate = parser.parse();
  const principals: msp.MSPPrincipal[] = [];
  return envelope(build(gate, principals), principals);
}

type Argument = { readonly principal: msp.MSPPrincipal } | Gate;
interface Gate {
  readonly n: number;
  readonly rules: readonly Argument[];
}

function build(gate: Gate, principals: msp.MSPPrincipal[]): common.SignaturePolicy {
  const inner = new Map<Argument, common.SignaturePolicy>();
  for (const rule of gate.rules) if ('n' in rule) inner.set(rule, build(rule, principals));
  const rules = gate.rules.map((rule) => {
    const built = inner.get(rule);
    if (built !== undefined) return built;
    if ('principal' in rule) principals.push(rule.principal);
    return signedBy(principals.length - 1);
  });
  return nOutOf(gate.n, rules);
}

const TOKEN = /\s*(?:(?<word>[A-Za-z]+)|(?<number>\d+)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<sign>[(),]))/y;
const PRINCIPAL = /^(?<mspId>[A-Za-z0-9._-]+)\.(?<role>admin|member|client|peer|orderer)$/;

class PolicyParser {
  #at = 0;

  constructor(readonly source: string) {}

  parse(): Gate {
    const gate = this.#gate(this.#next());
    if (this.source.slice(this.#at).trim() !== '') throw this.#refusal('unexpected text after the policy');
    return gate;
  }

  #gate(first: Record<string, string | undefined>): Gate {
    const name = first['word']?.toLowerCase();
    if (name !== 'and' && name !== 'or' && name !== 'outof') throw this.#refusal('expected AND, OR or OutOf');
    this.#sign('(');
    const count = name === 'outof' ? this.#count() : undefined;
    const rules = this.#rules();
    const n = count ?? (name === 'and' ? rules.length : 1);
    if (n > rules.length + 1) throw this.#refusal(`${n} of ${rules.length} can never be satisfied`);
    return { n, rules };
  }

  #count(): number {
    const token = this.#next();
    const number = token['number'] ?? token['single'] ?? token['double'];
    if (number === undefined || !/^\d+$/.test(number)) throw this.#refusal('OutOf starts with a number');
    this.#sign(',');
    return Number(number);
  }

  #rules(): Argument[] {
    const rules: Argument[] = [];
    for (;;) {
      const token = this.#next();
      const name = token['single'] ?? token['double'];
      rules.push(name === undefined ? this.#gate(token) : { principal: this.#principal(name) });
      const sign = this.#next()['sign'];
      if (sign === ')') return rules;
      if (sign !== ',') throw this.#refusal("expected ',' or ')'");
    }
  }

  #principal(name: string): msp.MSPPrincipal {
    const { mspId, role } = PRINCIPAL.exec(name)?.groups ?? {};
    if (mspId === undefined || role === undefined)
      throw this.#refusal(`'${name}' is not 'MSP.role' with role member, admin, client, peer or orderer`);
    return rolePrincipal(mspId, role as Role);
  }

  #sign(wanted: string): void {
    if (this.#next()['sign'] !== wanted) throw this.#refusal(`expected '${wanted}'`);
  }

  #next(): Record<string, string | undefined> {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.source);
    if (match?.groups === undefined) throw this.#refusal('cannot be read');
    this.#at = TOKEN.lastIndex;
    return match.groups;
  }

  #refusal(problem: string): DevnetError {
    return new DevnetError('DEVNET_POLICY_INVALID', `policy "${this.source}", character ${this.#at}: ${problem}`, {
      policy: this.source,
      at: this.#at,
    });
  }
}
