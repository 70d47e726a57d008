import { randomUUID } from 'node:crypto';
import { formatJson } from '../src/fhir';
import { parseFhirXml } from '../src/fhir-xml';
import { newFhirDoor } from './support/fhir-door';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';

const consortium = new TestConsortium();
let gateway: TestGateway;
const fhir = newFhirDoor(() => gateway);
const xml = { accept: 'application/fhir+xml' };
const sentXml = { ...xml, 'content-type': 'application/fhir+xml; charset=utf-8' };

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

/** What an answer in XML says. */
function read(answer: Answer): Record<string, unknown> {
  expect(answer.headers.get('content-type')).toBe('application/fhir+xml; charset=utf-8');
  return JSON.parse(formatJson(parseFhirXml(answer.text)));
}

const location = `<Location xmlns="http://hl7.org/fhir"><id value="x"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">A <b>ward</b></div></text>
<name value="A &amp; E"/><position><longitude value="1.10"/><latitude value="2.0"/></position></Location>`;

describe('the service in XML', () => {
  it('takes and gives every resource as it does in JSON, to the digit', async () => {
    const made = await fhir('PUT', '/Location/x', { body: location, headers: sentXml });
    expect([made.status, made.headers.get('etag')]).toEqual([201, 'W/"1"']);
    const inJson = await fhir('GET', '/Location/x');
    expect(inJson.text).toContain('"position":{"longitude":1.10,"latitude":2.0}');
    expect(read(made)).toEqual(inJson.body);
    expect(read(await gateway.send('/fhir/Location/x?_format=xml', { token: await gateway.token('physician') }))).toEqual(inJson.body);
    expect(
      (await fhir('PUT', '/Location/x', { body: location, headers: { 'content-type': 'application/fhir+xml' } })).headers.get('etag'),
    ).toBe('W/"1"');
  });

  it('gives bundles, outcomes of refusals and what it can do in XML', async () => {
    const found = read(await fhir('GET', '/Location?_id=x', { headers: xml }));
    expect(found).toMatchObject({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [{ resource: { id: 'x' }, search: { mode: 'match' } }],
    });
    expect(read(await fhir('GET', '/Location/x/_history', { headers: xml }))).toMatchObject({ type: 'history' });
    expect(read(await gateway.send('/fhir/metadata', { headers: xml }))).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
    });
    const absent = await fhir('GET', '/Location/absent', { headers: xml });
    expect([absent.status, read(absent)]).toMatchObject([404, { issue: [{ details: { coding: [{ code: 'RESOURCE_NOT_FOUND' }] } }] }]);
    const stranger = await gateway.send('/fhir/Location/x', { headers: xml });
    expect([stranger.status, read(stranger).resourceType]).toEqual([401, 'OperationOutcome']);
    expect(read(await fhir('POST', '/Location/$validate', { body: location.replace('A &amp; E', ''), headers: sentXml }))).toMatchObject({
      issue: [{ severity: 'error', expression: ['Location.name'] }],
    });
  });

  it('takes a transaction, and the same one once when its key is repeated', async () => {
    const url = `urn:uuid:${randomUUID()}`;
    const bundle = `<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><fullUrl value="${url}"/><resource><Organization><name value="o"/></Organization></resource>
<request><method value="POST"/><url value="Organization"/></request></entry><entry><resource><Location><managingOrganization><reference value="${url}"/></managingOrganization></Location></resource>
<request><method value="POST"/><url value="Location"/></request></entry></Bundle>`;
    const key = randomUUID();
    const [one, same] = [
      await fhir('POST', '', { body: bundle, headers: sentXml, key }),
      await fhir('POST', '', { body: bundle, headers: sentXml, key }),
    ];
    expect(read(one)).toMatchObject({
      type: 'transaction-response',
      entry: [{ response: { status: '201 Created' } }, { response: { status: '201 Created' } }],
    });
    expect(same.text).toBe(one.text);
  });

  it('refuses XML that is not well-formed or has a document type, as it refuses what is not valid', async () => {
    const refusal = async (body: string): Promise<unknown> => {
      const answer = await fhir('POST', '/Location', { body, headers: { 'content-type': 'application/fhir+xml' } });
      return [answer.status, answer.body.issue[0].details.coding[0].code];
    };
    expect(await refusal('<Location>')).toEqual([400, 'FHIR_XML_INVALID']);
    expect(await refusal(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>${location.replace('A &amp; E', '&a;')}`)).toEqual([
      400,
      'FHIR_XML_INVALID',
    ]);
    expect(await refusal(location.replace('<name', '<status value="canary"/><name'))).toEqual([422, 'FHIR_INVALID']);
    expect(await refusal('{"resourceType":"Location"}')).toEqual([400, 'FHIR_XML_INVALID']);
  });

  it('says that a resource cannot be had in XML, and never that a write which was carried out was not', async () => {
    const body = {
      resourceType: 'Location',
      id: 'odd',
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">&nbsp;</div>' },
    };
    const made = await fhir('PUT', '/Location/odd', { body, headers: xml });
    expect([made.status, made.body.id]).toEqual([201, 'odd']);
    const asked = await fhir('GET', '/Location/odd', { headers: xml });
    expect([asked.status, read(asked)]).toMatchObject([406, { issue: [{ details: { coding: [{ code: 'MEDIA_TYPE_NOT_OFFERED' }] } }] }]);
    expect((await fhir('GET', '/Location/odd')).status).toBe(200);
  });

  it('is given where it is wanted more than JSON, and JSON where it is all the same', async () => {
    const typeOf = async (accept: string): Promise<string | null> =>
      (await gateway.send('/fhir/metadata', { headers: { accept } })).headers.get('content-type');
    for (const accept of [
      'application/xml',
      'text/xml',
      'application/json;q=0.5, application/fhir+xml',
      'text/html, application/xml;q=0.9, */*;q=0.8',
    ])
      expect([accept, await typeOf(accept)]).toEqual([accept, 'application/fhir+xml; charset=utf-8']);
    for (const accept of [
      '*/*',
      'application/*',
      'application/fhir+json, application/fhir+xml',
      'application/fhir+xml;q=0.5, application/json',
    ])
      expect([accept, await typeOf(accept)]).toEqual([accept, 'application/fhir+json; charset=utf-8']);
  });
});
