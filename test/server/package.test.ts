// The package as npm would deliver it, in an empty folder with nothing but its own dependencies.
import { execFile } from 'node:child_process'
import { mkdir, mkdtempDisposable, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { spawnParley } from '../support/process.ts'

const ROOT = join(import.meta.dirname, '../..')
const BUILD = ['--disable-warning=ExperimentalWarning', 'scripts/build-package.ts']
const run = promisify(execFile)

/** Unpacks the tarball into `folder` and links the packages that a production install would bring. */
async function install(folder: string): Promise<string> {
  await run(process.execPath, BUILD, { cwd: ROOT })
  // Without scripts: the console is built already, and other tests are looking at it.
  const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
  })
  const [{ filename }] = JSON.parse(pack.stdout)
  await run('tar', ['-xzf', join(folder, filename), '-C', folder])
  const list = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: ROOT }).catch(
    (error: { stdout: string }) => error,
  )
  const names = list.stdout
    .split('\n')
    .map((path) => relative(join(ROOT, 'node_modules'), path))
    .filter((name) => name !== '' && !name.startsWith('..') && !name.includes('node_modules'))
  for (const name of new Set(names)) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), link)
  }
  return join(folder, 'package/bin/parley.js')
}

test('npm pack gives a package whose `parley serve` works in an empty folder, console included', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-package-'))
  const bin = await install(folder.path)
  await using empty = await mkdtempDisposable(join(tmpdir(), 'parley-empty-'))
  await using parley = spawnParley(['serve'], { PORT: '0' }, empty.path, bin)
  const { url } = await parley.listening()

  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const page = await (await fetch(`${url}/console/`)).text()
  const [, script] = /<script[^>]+src="([^"]+)"/.exec(page) ?? []
  expect((await fetch(url + script)).status).toBe(200)
  expect((await fetch(`${url}/console/vendor/twilio-chat-6.0.0.min.js`)).status).toBe(200)
  parley.kill('SIGTERM')
  expect(await parley.exit).toEqual({ code: 0, signal: null })
}, 120_000)
