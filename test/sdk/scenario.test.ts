// The acceptance scenario with each SDK version, as npm delivers it, in a process of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../support/databases.ts'
import { PINS } from '../support/process.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { VERSIONS } from './adapters/versions.ts'
import { givenLargeService } from './large-service.ts'
import { runScript } from './run-script.ts'
import { STEPS } from './scenario/steps.ts'

const LIMIT_MS = 180_000
/** One of each family where the database is another one: the dialects meet it in the same places. */
const RUNS: [Engine, readonly string[]][] = [
  ['sqlite', VERSIONS],
  ['postgres', ['4', '6', 'c3']],
]

describe.each(RUNS)('on %s', (engine, versions) => {
  let server: TestServer
  let large: string

  beforeAll(async () => {
    server = await startServer({}, engine)
    large = await givenLargeService(server.url, PINS)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.concurrent.each([...versions])(
    'version %s goes through the whole scenario',
    { timeout: LIMIT_MS + 10_000 },
    async (version) => {
      const args = ['--version', version, '--url', server.url, '--large', large]
      const { code, output, errors } = await runScript('run-scenario.ts', args, PINS, LIMIT_MS)
      expect(code, `${output}\n${errors}`).toBe(0)
      expect(output.trim().split('\n')).toHaveLength(STEPS.length)
    },
  )
})
