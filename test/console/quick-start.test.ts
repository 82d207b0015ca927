// The page of docs/quick-start.md, run as it stands there, in two browsers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { expect, test } from 'vitest'
import { hasNoBrowser, startBrowser } from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, startServer } from '../support/server.ts'

const ROOT = join(import.meta.dirname, '../..')
const PACKAGES = { twilio: 'twilio', 'twilio-chat': 'twilio-chat-6' }

/** The example in a folder with the packages that it asks for. Resolves once it listens. */
async function startExample(folder: string, settings: Record<string, string>): Promise<AsyncDisposable> {
  const text = readFileSync(join(ROOT, 'docs/quick-start.md'), 'utf8')
  await writeFile(join(folder, 'chat.mjs'), /```js\n([\s\S]+?)```/.exec(text)?.[1] ?? '')
  await mkdir(join(folder, 'node_modules'))
  for (const [name, source] of Object.entries(PACKAGES)) {
    await symlink(join(ROOT, 'node_modules', source), join(folder, 'node_modules', name))
  }
  const example = spawn(process.execPath, ['chat.mjs'], { cwd: folder, env: { ...process.env, ...settings } })
  let output = ''
  example.stderr.on('data', (chunk: Buffer) => (output += chunk))
  await new Promise<void>((resolve, reject) => {
    example.stdout.on('data', (chunk: Buffer) => String(chunk).includes('Open http') && resolve())
    example.once('exit', () => reject(new Error(output)))
  })
  return {
    async [Symbol.asyncDispose]() {
      example.kill()
      await once(example, 'exit')
    },
  }
}

async function openAs(browser: Browser, url: string, identity: string) {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${url}/?me=${identity}`)
  const field = page.getByLabel('Message')
  await page.locator('input:enabled').waitFor()
  return {
    async say(text: string) {
      await field.fill(text)
      await page.getByRole('button', { name: 'Send' }).click()
    },
    hears: (line: string) => page.getByText(line, { exact: true }).waitFor(),
  }
}

test.skipIf(hasNoBrowser)('two browsers chat through a page of one’s own', async () => {
  await using server = await startServer()
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-quick-start-'))
  const port = await freePort()
  await using _example = await startExample(folder.path, {
    PARLEY_URL: server.url,
    PORT: `${port}`,
    PARLEY_ACCOUNT_SID: ACCOUNT_SID,
    PARLEY_AUTH_TOKEN: AUTH_TOKEN,
    PARLEY_API_KEY_SID: API_KEY_SID,
    PARLEY_API_KEY_SECRET: API_KEY_SECRET,
  })
  await using started = await startBrowser()
  const alice = await openAs(started.browser, `http://localhost:${port}`, 'alice')
  const bob = await openAs(started.browser, `http://localhost:${port}`, 'bob')

  await alice.say('Hello Bob')
  await bob.hears('alice: Hello Bob')
  await bob.say('Hello Alice')
  await alice.hears('bob: Hello Alice')
  expect(await server.client.chat.v2.services.list()).toHaveLength(1)
})
