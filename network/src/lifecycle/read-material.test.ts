import { readMaterial } from './read-material';

test('a certificate that is not there is an error that names whose it is, where it was looked for and the way out', () => {
  expect(() => readMaterial({ title: 'South Hospital' }, '/nowhere/cert.pem')).toThrow(
    expect.objectContaining({
      code: 'MATERIAL_MISSING',
      message: expect.stringMatching(/^A certificate or key of South Hospital cannot be read: .*\/nowhere\/cert\.pem/),
      hint: expect.stringContaining('first start'),
    }),
  );
});
