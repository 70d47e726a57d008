import { Hf, type IdentityAttribute, type IdentityRecord } from './identity-record';
import { canActOnAffiliation, canActOnType, isRegistrar, objectionToAttributes } from './registrar-rules';

function identity(attributes: Readonly<Record<string, string>>, affiliation = ''): IdentityRecord {
  const list = Object.entries(attributes).map(([name, value]) => ({ name, value }));
  return { id: 'r', type: 'client', affiliation, attributes: list, maxEnrollments: -1, state: 0, secretHash: '', failedAttempts: 0 };
}

const full = identity({ [Hf.roles]: '*', [Hf.delegateRoles]: '*', [Hf.attributes]: '*', [Hf.revoker]: 'true', [Hf.genCrl]: 'false' });

function ask(registrar: IdentityRecord, requested: IdentityAttribute[], current?: IdentityAttribute[]): boolean {
  return objectionToAttributes(registrar, { requested, current }) === undefined;
}

describe('types', () => {
  it.each([
    ['*', 'anything', true],
    ['client,peer', 'PEER', true],
    ['client, peer', 'peer', true],
    ['client', 'admin', false],
    ['client', '', true],
    ['', 'client', false],
  ])('a registrar of "%s" asked for "%s": %s', (roles, type, expected) => {
    expect(canActOnType(identity({ [Hf.roles]: roles }), type)).toBe(expected);
  });

  it('whoever may register no type is no registrar', () => {
    expect(isRegistrar(identity({ [Hf.roles]: '' }))).toBe(false);
    expect(isRegistrar(identity({}))).toBe(false);
    expect(isRegistrar(full)).toBe(true);
  });
});

describe('affiliations', () => {
  it.each([
    ['', 'a.b', true],
    ['a', 'a', true],
    ['a', 'a.b', true],
    ['a', 'ab', false],
    ['a.b', 'a', false],
  ])('from "%s" to "%s": %s', (own, other, expected) => {
    expect(canActOnAffiliation(identity({}, own), other)).toBe(expected);
  });
});

describe('attributes', () => {
  it.each<[string, IdentityRecord, IdentityAttribute, boolean]>([
    ['any custom attribute under *', full, { name: 'role', value: 'x' }, true],
    ['a custom attribute under its prefix', identity({ [Hf.attributes]: 'staff.*' }), { name: 'staff.rank', value: 'x' }, true],
    ['a custom attribute beside the prefix', identity({ [Hf.attributes]: 'staff.*' }), { name: 'role', value: 'x' }, false],
    ['a custom attribute without hf.Registrar.Attributes', identity({}), { name: 'role', value: 'x' }, false],
    ['a fixed attribute', full, { name: Hf.enrollmentId, value: 'x' }, false],
    ['an unknown reserved attribute', full, { name: 'hf.Unheard', value: 'x' }, false],
    ['a boolean it owns', full, { name: Hf.revoker, value: 'false' }, true],
    ['a boolean it has as false', full, { name: Hf.genCrl, value: 'true' }, false],
    ['a boolean it does not have', full, { name: Hf.intermediateCa, value: 'true' }, false],
    ['a boolean that is none', full, { name: Hf.revoker, value: 'perhaps' }, false],
    ['roles within its own', identity({ [Hf.attributes]: '*', [Hf.roles]: 'client,peer' }), { name: Hf.roles, value: 'Peer' }, true],
    ['roles beyond its own', identity({ [Hf.attributes]: '*', [Hf.roles]: 'client,peer' }), { name: Hf.roles, value: 'admin' }, false],
    ['taking roles away', identity({ [Hf.attributes]: '*', [Hf.roles]: 'client' }), { name: Hf.roles, value: '' }, true],
    ['to register a custom attribute', full, { name: Hf.attributes, value: 'role' }, true],
    ['to register a reserved attribute it is not given', full, { name: Hf.attributes, value: Hf.revoker }, false],
    ['to register more than the registrar may', identity({ [Hf.attributes]: 'hf.*' }), { name: Hf.attributes, value: 'role' }, false],
    ['delegate roles without roles', full, { name: Hf.delegateRoles, value: 'client' }, false],
  ])('%s', (_, registrar, attribute, expected) => {
    expect(ask(registrar, [attribute])).toBe(expected);
  });

  it('a right may be given together with the right to give it on', () => {
    const right = { name: Hf.revoker, value: 'true' };
    expect(ask(full, [{ name: Hf.attributes, value: Hf.revoker }, right])).toBe(true);
    expect(ask(full, [{ name: Hf.attributes, value: Hf.revoker }], [right])).toBe(true);
  });

  it('delegate roles stay within the roles asked for, else those there are', () => {
    const delegates = { name: Hf.delegateRoles, value: 'client' };
    expect(ask(full, [delegates, { name: Hf.roles, value: 'client,peer' }])).toBe(true);
    expect(ask(full, [delegates], [{ name: Hf.roles, value: 'client' }])).toBe(true);
    expect(ask(full, [delegates], [{ name: Hf.roles, value: 'peer' }])).toBe(false);
  });
});
