// `npm run check`: types, lint, formatting, layers. ESLint takes as long as all the others, so they run beside it; what each has to say
// comes when it has ended, in one piece.
const { spawn } = require('node:child_process');

const SIDE_BY_SIDE = [['eslint .'], ['npm run --silent typecheck', 'prettier --check .', 'npm run --silent layers']];

function run(command) {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.stdout.write(`> ${command}\n${Buffer.concat(said)}\n`);
      if (code !== 0) process.exitCode = 1;
      resolve();
    });
  });
}

for (const commands of SIDE_BY_SIDE)
  void commands.reduce((before, each) => before.then(() => run(each)), Promise.resolve());
