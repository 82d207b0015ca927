import { defineConfig } from 'vitest/config'

/** The same tests of the REST API run on both engines. */
const rest = (engine: 'sqlite' | 'postgres') => ({
  extends: true as const,
  test: {
    name: `rest on ${engine}`,
    include: ['test/chat-v2/**/*.test.ts'],
    env: { PARLEY_TEST_ENGINE: engine },
  },
})

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // By default one core would be left idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'units', include: ['{src,scripts}/**/*.test.ts'] } },
      rest('sqlite'),
      rest('postgres'),
      {
        extends: true,
        test: { name: 'media', include: ['test/media/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'sdk', include: ['test/sdk/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'server', include: ['test/{store,chat,server,delivery}/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'push', include: ['test/push/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'console', include: ['test/console/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
})
