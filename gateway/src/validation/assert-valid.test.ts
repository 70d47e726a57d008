import { assertValid, type PlacedResource } from './assert-valid';

const good = { resourceType: 'Patient', gender: 'male' };
const bad = { resourceType: 'Patient', gender: 'CANARY-88', active: 'CANARY-88' };
const placed = (resources: readonly PlacedResource['resource'][]) => resources.map((resource, at) => ({ place: `entry[${at}]`, resource }));

describe('the validation of a bundle', () => {
  it('lets valid resources pass', async () => {
    await expect(assertValid(placed([good, good]), {})).resolves.toBeUndefined();
  });

  it('names all issues of all resources, with the entry of each', async () => {
    const issues = [1, 3].flatMap((at) => [
      { entry: `entry[${at}]`, path: 'Patient.gender', rule: 'binding', problem: expect.any(String) },
      { entry: `entry[${at}]`, path: 'Patient.active', rule: 'data-type', problem: expect.any(String) },
    ]);
    const refusal = assertValid(placed([good, bad, good, bad]), {});
    await expect(refusal).rejects.toMatchObject({ code: 'FHIR_INVALID', category: 'rule', details: { issues, areAll: true } });
    await expect(refusal).rejects.toThrow(
      'entry[1]: Patient.gender must be of the value set that is required here [binding] (4 issues in all)',
    );
    await expect(refusal).rejects.not.toThrow('CANARY');
  });

  it('names a hundred issues at most, and says that there are more', async () => {
    const refusal = await assertValid(placed(Array<typeof bad>(60).fill(bad)), {}).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ details: { areAll: false } });
    expect((refusal as { details: { issues: unknown[] } }).details.issues).toHaveLength(100);
  });

  it('lets others work while it goes through a long bundle', async () => {
    await assertValid(placed([good]), {});
    let turns = 0;
    let isOver = false;
    const tick = (): void => {
      turns += 1;
      if (!isOver) setImmediate(tick);
    };
    setImmediate(tick);
    const began = performance.now();
    await assertValid(placed(Array<typeof good>(5_000).fill(good)), {});
    isOver = true;
    // One turn per 20 ms; half of that leaves room for a busy machine.
    expect(turns).toBeGreaterThan((performance.now() - began) / 50 - 1);
  });
});
