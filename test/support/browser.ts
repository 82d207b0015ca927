// A headless Chromium where the machine has one; tests of pages are left out where it has none.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

export type TestBrowser = AsyncDisposable & { browser: Browser }

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Tests run as root in containers, where the sandbox cannot. */
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage']

const path = [process.env.PARLEY_TEST_CHROMIUM ?? '', ...PLACES].find((place) => existsSync(place))

/** For `test.skipIf`. */
export const hasNoBrowser: boolean = path === undefined

export async function startBrowser(): Promise<TestBrowser> {
  if (path === undefined) throw new Error(`There is no Chromium at ${PLACES.join(', ')}`)
  const browser = await chromium.launch({ executablePath: path, args: ARGS })
  return { browser, [Symbol.asyncDispose]: () => browser.close() }
}
