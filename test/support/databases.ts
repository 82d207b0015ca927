// A fresh database for each test server, on either engine.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'

export type Engine = 'sqlite' | 'postgres'
export const ENGINES: readonly Engine[] = ['sqlite', 'postgres']

export type TestDatabase = AsyncDisposable & { engine: Engine; url: string }

/** The engine of this test project. */
export function projectEngine(): Engine {
  return process.env.PARLEY_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'
}

export function givenDatabase(engine: Engine = projectEngine()): Promise<TestDatabase> {
  return engine === 'sqlite' ? givenFile() : givenPostgresDatabase()
}

/** An empty folder that goes with the end of the block. */
export async function givenFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'parley-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function givenFile(): Promise<TestDatabase> {
  const folder = await givenFolder()
  return {
    engine: 'sqlite',
    url: `sqlite:${join(folder.path, 'parley.db')}`,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function givenPostgresDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await onServer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    engine: 'postgres',
    url: url.href,
    [Symbol.asyncDispose]: () => onServer(server, `drop database ${name} with (force)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
