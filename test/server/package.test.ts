// The package as npm would deliver it, in an empty folder with nothing but its own dependencies.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtempDisposable, readFile, symlink } from 'node:fs/promises'
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

test('what .dockerignore lets through is enough to build the image', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-image-'))
  const lines = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n')
  for (const name of lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))) {
    const filter = (path: string): boolean => !path.endsWith('console/dist')
    await cp(join(ROOT, name), join(folder.path, name), { recursive: true, filter })
  }
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'))
  await run(process.execPath, ['scripts/build-console.ts'], { cwd: folder.path })
  await run(process.execPath, BUILD, { cwd: folder.path })

  expect(await readFile(join(folder.path, 'console/dist/index.html'), 'utf8')).toContain('assets/')
  const help = await run(process.execPath, [join(folder.path, 'dist/main.js'), 'help'])
  expect(help.stdout).toContain('Usage: parley')
}, 120_000)
