// An OpenID provider as a hospital has one already: a process of its own, with other accounts, keys and claims than the gateway's.
// It is started with an IPC channel and does what messages say: listen (with its settings), rotate (other keys), hush (no port), speak again, leave (an account).
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const path = '/realms/staff';
const left = new Set();
let settings;
let provider;
let port = 0;
const server = createServer((request, response) => {
  request.url = request.url.replace(path, '');
  provider.callback()(request, response);
});

const speak = () =>
  new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => {
      port = server.address().port;
      resolve();
    }),
  );

function newProvider(keys) {
  const { audience, people, clients, scopes } = settings;
  const issuer = new Provider(`http://127.0.0.1:${port}${path}`, {
    jwks: { keys },
    clients,
    claims: { openid: ['sub'] },
    scopes: ['openid'],
    cookies: { keys: ['cookies of the external issuer'] },
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'], clientAuthSigningAlgValues: ['ES256'] },
    ttl: { AccessToken: 600, ClientCredentials: 300, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: async (_ctx, accountId) => (accountId in people ? { accountId, claims: async () => ({ sub: accountId }) } : undefined),
    extraTokenClaims: async (_ctx, { accountId }) => people[accountId],
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: scopes, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      },
    },
  });
  // Access tokens that are JWTs are not stored, so the library introspects none; a directory that knows who left is put before it.
  issuer.use(introspect);
  return issuer;
}

async function introspect(ctx, next) {
  if (ctx.path === '/.well-known/openid-configuration') {
    await next();
    ctx.body.introspection_endpoint = `${ctx.body.issuer}/introspect`;
  } else if (ctx.path === '/introspect' && ctx.method === 'POST') {
    let form = '';
    for await (const chunk of ctx.req) form += chunk;
    const isKnown = ctx.get('authorization') === `Basic ${Buffer.from(settings.introspector).toString('base64')}`;
    const { sub } = JSON.parse(Buffer.from(new URLSearchParams(form).get('token').split('.')[1], 'base64url'));
    ctx.status = isKnown ? 200 : 401;
    ctx.body = { active: !left.has(sub) };
  } else await next();
}

const acts = {
  listen: async (given) => {
    settings = given;
    await speak();
    provider = newProvider(settings.keys);
  },
  rotate: async ({ keys }) => {
    provider = newProvider(keys);
  },
  hush: () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  speak,
  leave: async ({ account }) => {
    left.add(account);
  },
};

process.on('message', async ({ act, ...given }) => {
  await acts[act](given);
  process.send({ act, issuer: `http://127.0.0.1:${port}${path}` });
});
process.on('disconnect', () => process.exit(0));
