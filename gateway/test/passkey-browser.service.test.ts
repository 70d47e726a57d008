import { TestChromium } from './support/test-chromium';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { origin, TestStaff } from './support/test-staff';

jest.setTimeout(60_000);

if (!TestChromium.isAvailable) it.todo('a real browser makes and uses a passkey, where this machine has a Chromium');

const describeBrowser = (rules: () => void): void => {
  if (TestChromium.isAvailable) describe('a real browser', rules);
};

describeBrowser(() => {
  const consortium = new TestConsortium();
  const people = new TestStaff(() => gateway);
  let gateway: TestGateway;
  let browser: TestChromium;

  beforeAll(async () => {
    await consortium.start();
    gateway = consortium.gateway('AlphaMSP');
    browser = await TestChromium.start(origin, gateway.url);
    await browser.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
    await browser.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } });
  });

  afterAll(async () => {
    await browser.stop();
    await consortium.stop();
  });

  const fill = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    for (const [id, value] of Object.entries(fields))
      await browser.run(`document.getElementById(${JSON.stringify(id)}).value = ${JSON.stringify(value)}`);
  };
  const press = async (selector: string): Promise<void> => {
    await waitFor(async () => (await browser.run(`document.querySelector('${selector}')?.hidden`)) === false, 10_000);
    await browser.run(`document.querySelector('${selector}').click()`);
  };

  it('makes a passkey with an invitation and signs in with it, under the policy that the pages have', async () => {
    const { invitation } = await people.add('ada');
    await browser.go(`${origin}/oidc/invitation`);
    await browser.untilTitle('Invitation');
    await fill({ userName: 'ada', invitation });
    await press('button[value=open]');
    await browser.untilTitle('Choose how you sign in');
    await fill({ passkeyName: 'laptop' });
    await press('button[data-passkey=create]');
    await browser.untilTitle('Done');
    await browser.go(`${origin}/oidc/account`);
    await browser.untilTitle('Sign in');
    await press('button[data-passkey=get]');
    await browser.untilTitle('Your account');
    expect(await browser.run('document.body.innerText')).toMatch(/laptop: since [^,]+ UTC, last used/);
  });
});
