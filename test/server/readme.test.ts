// The README's first conversation, run as it stands there.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ACCOUNT_SID, AUTH_TOKEN, startServer } from '../support/server.ts'

const run = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')
const block = (start: string): string => {
  const from = readme.indexOf(start) + start.length
  return readme.slice(from, readme.indexOf('```', from))
}

test('the first conversation prints what the README says', async () => {
  await using server = await startServer()
  const env = {
    ...process.env,
    PARLEY_URL: server.url,
    PARLEY_ACCOUNT_SID: ACCOUNT_SID,
    PARLEY_AUTH_TOKEN: AUTH_TOKEN,
  }

  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', block('```js\n')], { env })

  expect(stdout).toBe(block('`node first.mjs` prints\n\n```\n'))
})
