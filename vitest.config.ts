import { defineConfig } from 'vitest/config'

/** `PARLEY_TEST_ALL=1` also runs what takes long: all of REST on PostgreSQL, and the console's journeys in a browser. */
const all = process.env.PARLEY_TEST_ALL === '1'

/** Where the engine can make a difference: every operation once, races, limits, pages, and what deletes. */
const ON_POSTGRES = [
  'every-operation',
  'member*',
  'message*',
  'races*',
  'properties-unread',
  'user*',
  'invites',
]

/** Tests of the REST API run on both engines. */
const rest = (engine: 'sqlite' | 'postgres', files: readonly string[]) => ({
  extends: true as const,
  test: {
    name: `rest on ${engine}`,
    include: files.map((file) => `test/chat-v2/${file}.test.ts`),
    env: { PARLEY_TEST_ENGINE: engine },
  },
})

const project = (name: string, include: string, exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include: [include], exclude },
})

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // By default one core would be left idle; more than one for each only makes them wait for each other.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project('units', '{src,scripts}/**/*.test.ts'),
      rest('sqlite', ['**/*']),
      rest('postgres', all ? ['**/*'] : ON_POSTGRES),
      project('server', 'test/{store,chat,server,delivery}/**/*.test.ts'),
      project('sdk', 'test/sdk/**/*.test.ts'),
      project('media', 'test/media/**/*.test.ts'),
      project('push', 'test/push/**/*.test.ts'),
      project('console', 'test/console/**/*.test.ts', all ? [] : ['test/console/screens.test.ts']),
    ],
  },
})
