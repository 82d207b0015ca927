// A headless Chromium: the system's, or the one that npm has brought.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import npmChromium, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

export type TestBrowser = AsyncDisposable & { browser: Browser }

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Tests run as root in containers, where the sandbox cannot. */
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage']

/** Fails when there is no browser that starts. */
export async function startBrowser(): Promise<TestBrowser> {
  const system = [process.env.PARLEY_TEST_CHROMIUM ?? '', ...SYSTEM].find((path) => existsSync(path))
  if (!system) return startFromNpm()
  const browser = await chromium.launch({ executablePath: system, args: ARGS })
  return { browser, [Symbol.asyncDispose]: () => browser.close() }
}

/** Unpacked into a folder of its own, which goes with it. */
async function startFromNpm(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-browser-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder // where the package unpacks to
  try {
    const executablePath = await npmChromium.executablePath()
    const libraries = join(await inflate(join(BIN, 'al2023.tar.br')), 'lib')
    const launch = (env: Record<string, string>) =>
      chromium.launch({ executablePath, args: ARGS, env: { ...process.env, ...env } })
    // Where the system lacks a library that Chromium needs, those of the package take its place.
    const browser = await launch({}).catch(() => launch({ LD_LIBRARY_PATH: libraries }))
    return {
      browser,
      async [Symbol.asyncDispose]() {
        await browser.close()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

const BIN = join(import.meta.dirname, '../../node_modules/@sparticuz/chromium/bin')
