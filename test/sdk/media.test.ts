// Media with each SDK version, as npm delivers it, in a process of its own.
import { expect, test } from 'vitest'
import { PINS } from '../support/process.ts'
import { startServer } from '../support/server.ts'
import { VERSIONS } from './adapters/versions.ts'
import { runScript } from './run-script.ts'
import { MEDIA_STEPS } from './scenario/steps.ts'

const LIMIT_MS = 120_000

test.concurrent.each([...VERSIONS])(
  'version %s sends media, and another client loads it',
  { timeout: LIMIT_MS + 10_000 },
  async (version) => {
    await using server = await startServer()
    const args = ['--version', version, '--url', server.url, '--media']
    const { code, output, errors } = await runScript('run-scenario.ts', args, PINS, LIMIT_MS)
    expect(code, `${output}\n${errors}`).toBe(0)
    expect(output.trim().split('\n')).toHaveLength(MEDIA_STEPS.length)
  },
)
