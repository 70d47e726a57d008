import { createHash, createHmac, randomBytes } from 'node:crypto';
import { billedItemMessage, type Day, type RecordId, type Salt } from '../model';
import { tagOf } from './check-items';

const services = Array.from({ length: 50 }, (_, at) => ({ system: 'http://snomed.info/sct', code: String(100_000 + at) }));
const days = Array.from({ length: 28 }, (_, at) => `2026-02-${String(at + 1).padStart(2, '0')}` as Day);
const newSalt = (): Salt => randomBytes(16).toString('base64url') as Salt;
const itemOf = (subjectSalt: Salt): { recordId: RecordId; subjectSalt: Salt } => ({ recordId: 'r'.repeat(22) as RecordId, subjectSalt });

describe('the tag of a billed item', () => {
  test('is one for one service and day of one record, and another for everything else', () => {
    const salt = newSalt();
    const tags = services.flatMap((service) => days.map((day) => tagOf({ service, day, item: itemOf(salt) })));
    expect(new Set(tags).size).toBe(services.length * days.length);
    const [service, day] = [services[0] as (typeof services)[0], days[0] as Day];
    expect(tagOf({ service, day, item: itemOf(salt) })).toBe(tags[0]);
    expect(tagOf({ service, day, item: itemOf(newSalt()) })).not.toBe(tags[0]);
  });

  test('is found by nobody who tries every service and day without the salt of that record', () => {
    const [service, day] = [services[7] as (typeof services)[0], days[7] as Day];
    const tag = tagOf({ service, day, item: itemOf(newSalt()) });
    const known = [Buffer.alloc(0), Buffer.alloc(16), randomBytes(16)];
    const guesses = services.flatMap((one) =>
      days.flatMap((other) => {
        const message = billedItemMessage({ service: one, day: other });
        const hash = createHash('sha256').update(message).digest('base64url');
        return [hash, ...known.map((salt) => createHmac('sha256', salt).update(message).digest('base64url'))];
      }),
    );
    expect(guesses).not.toContain(tag);
  });
});
