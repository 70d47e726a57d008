import { hashSecret, isSecret, newSecret } from './secret-hash';

it.each(['chosen', 'generated'] as const)('a %s secret is known again, and no other is', async (origin) => {
  const hash = await hashSecret('open sesame', origin);
  expect(await isSecret('open sesame', hash)).toBe(true);
  expect(await isSecret('open sesame ', hash)).toBe(false);
  expect(await isSecret('', hash)).toBe(false);
});

it('two hashes of one secret differ, and neither contains it', async () => {
  const [one, other] = await Promise.all([hashSecret('same', 'generated'), hashSecret('same', 'generated')]);
  expect(one).not.toBe(other);
  expect(one).not.toContain('same');
});

it('secrets have 192 random bits', () => {
  expect(newSecret()).toMatch(/^[\w-]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});
