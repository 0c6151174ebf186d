/**
 * Imports point one way:  cli → inspect, node → stack → ip, tcp → wire;  link → wire.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const CORE =
  '^src/(core|stack|trace|random|siphash)|^src/(wire|tcp|ip|clock|stack|inspect|lessons|explain)/|^src/inspector/(protocol|encoding|reasons)|^src/link/(?!tap|tun|device|raw-socket|pcap(-|\\.)|tunnel|relay-server|open|notation|missing|errors)';

const layer = (from, allowed, comment) => ({
  name: `${from}-imports-only-${allowed.join('-') || 'nothing'}`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...allowed].map((name) => `^src/${name}(/|\\.ts$)`) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    layer('wire', [], 'bytes and values only'),
    layer('tcp', ['wire', 'siphash'], 'the protocol machine is pure'),
    layer('clock', [], 'time depends on nothing'),
    layer('ip', ['wire', 'clock', 'link', 'siphash'], 'IP knows links, time and headers'),
    layer('link', ['wire', 'clock', 'random'], 'a link carries frames; it knows no protocol above them'),
    layer(
      'stack',
      ['wire', 'tcp', 'ip', 'clock', 'link', 'trace', 'random', 'siphash'],
      'the stack joins what is below it',
    ),
    layer('node', ['stack', 'tcp', 'wire', 'trace'], 'the faces are built on the low-level API and on nothing else'),
    layer('workers', ['node', 'stack', 'ip', 'link', 'wire'], 'a stack for each core: what is below it, in threads'),
    layer('run', ['node'], 'puts the faces below a program'),
    layer('control', ['stack', 'tcp', 'ip', 'wire', 'link'], 'tells other processes what a stack has'),
    layer('inspect', ['trace', 'wire', 'tcp', 'ip', 'link'], 'all that a person sees is made from the trace stream'),
    layer(
      'lessons',
      ['core', 'inspect', 'stack', 'tcp', 'ip', 'clock', 'link', 'wire', 'trace', 'random'],
      'the stack itself, in virtual time',
    ),
    layer(
      'explain',
      ['inspect', 'tcp', 'ip', 'link', 'wire', 'trace'],
      'captures are read and explained without a stack',
    ),
    layer(
      'inspector',
      ['inspect', 'control', 'node', 'stack', 'tcp', 'ip', 'clock', 'link', 'trace', 'wire'],
      'serves the page that shows a stack',
    ),
    {
      name: 'pages-are-free-of-node',
      severity: 'error',
      comment: 'pages run in a browser',
      from: { path: '^web/' },
      to: {
        path: '^src/',
        pathNot: [
          CORE,
          '^src/(inspect|lessons|explain)/',
          '^src/inspector/(protocol|encoding|reasons)',
          '^src/control/(tcp-)?report',
        ],
      },
    },
    {
      name: 'nothing-imports-pages',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'core-is-free-of-node',
      severity: 'error',
      comment: 'the core also runs in a browser',
      from: { path: CORE },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
