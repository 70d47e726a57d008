// Runs recorded proposals again in a process of its own, so that time zone, locale and the order of the environment can differ.
// Input: JSON on stdin, { members, proposals: [{ proposal, endorsers, commit }] }. Output: one digest of all results.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const typescript = require('typescript');

require.extensions['.ts'] = (module, file) => {
  const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: {
      module: 'commonjs',
      target: 'es2023',
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
    },
  });
  module._compile(outputText, file);
};

const { ConsortiumTwin } = require('./consortium-twin.ts');

async function main() {
  const { members, steps } = JSON.parse(readFileSync(0, 'utf8'));
  const twin = new ConsortiumTwin(members);
  const digest = createHash('sha256');
  for (const { proposal, endorsers, committed } of steps) {
    const endorsed = await twin.replay(proposal, endorsers);
    digest.update(JSON.stringify(endorsed.simulation));
    if (committed) twin.commit(endorsed);
  }
  process.stdout.write(digest.digest('hex'));
}

main();
