import { defineConfig } from 'vitest/config'

/** `PARLEY_TEST_ALL=1` also runs what takes long: REST on PostgreSQL as a whole, and the slowest deaths. */
const all = process.env.PARLEY_TEST_ALL === '1'
const LONG = [
  'test/sdk/killed-process.test.ts',
  'test/server/package.test.ts',
  'test/console/{screens,explore,quick-start}.test.ts',
  'test/media/{browser,collection,kill}.test.ts',
  'test/push/{kill,durability,two-servers,apns-answers,fcm-answers,badge,web-push,log}.test.ts',
  'test/delivery/{dead-target,retention,order,retries,kill,metrics}.test.ts',
]
/** On PostgreSQL: every operation once; the tests of the store run on both engines anyway. */
const ON_POSTGRES = ['every-operation']

/**
 * Files of one worker share what they import, which halves the time: their tests start servers of their own and change
 * nothing global. Not so where clients of the vendor run in the worker: some still do things after their end.
 */
const ALONE = true

/** Tests of the REST API run on both engines. */
const rest = (engine: 'sqlite' | 'postgres', files: readonly string[]) => ({
  extends: true as const,
  test: {
    name: `rest on ${engine}`,
    isolate: false,
    include: files.map((file) => `test/chat-v2/${file}.test.ts`),
    env: { PARLEY_TEST_ENGINE: engine },
  },
})

const project = (name: string, include: string, isolate = false) => ({
  extends: true as const,
  test: { name, include: [include], exclude: all ? [] : LONG, isolate },
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
      project('sdk', 'test/sdk/**/*.test.ts', ALONE),
      project('media', 'test/media/**/*.test.ts', ALONE),
      project('push', 'test/push/**/*.test.ts', ALONE),
      project('console', 'test/console/**/*.test.ts', ALONE),
    ],
  },
})
