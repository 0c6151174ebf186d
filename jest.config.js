/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Jest leaves a core free; many of these tests wait for programs most of their time.
  maxWorkers: '100%',
  // A test that hangs is to end, and no other: on a busy machine what takes a second may take ten.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  setupFiles: ['<rootDir>/test/support/setup.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};
