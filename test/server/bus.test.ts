// The bus of several processes on one PostgreSQL, as bus.ts promises it.
import { expect, test } from 'vitest'
import type { Bus } from '../../src/bus/bus.ts'
import { createPostgresBus } from '../../src/bus/postgres.ts'
import { times } from '../support/at-once.ts'
import { givenDatabase, type TestDatabase } from '../support/databases.ts'
import { endConnections } from '../support/postgres-admin.ts'
import { until } from '../support/until.ts'

/** One process, and what it has heard on the topic `a`. */
type Process = AsyncDisposable & {
  bus: Bus
  heard: string[]
  missed: number
  gone: number
  trouble: string[]
}

async function startProcess({ url }: Pick<TestDatabase, 'url'>): Promise<Process> {
  const trouble: string[] = []
  const bus = createPostgresBus({
    url,
    onTrouble: ({ message }) => trouble.push(message),
    onMended: () => trouble.push('mended'),
  })
  await bus.start()
  const nothing = { heard: [], missed: 0, gone: 0, trouble }
  const started: Process = { bus, ...nothing, [Symbol.asyncDispose]: () => bus.stop() }
  bus.attend({ onMissed: () => started.missed++, onPeerGone: () => started.gone++ })
  bus.subscribe('a', (message) => started.heard.push(`${message}`))
  return started
}

function say({ bus }: Process, ...texts: string[]): void {
  for (const text of texts) bus.publish('a', () => Buffer.from(text))
}

test('all processes hear each message once, those of each process in order, and their own at once', async () => {
  await using database = await givenDatabase('postgres')
  await using first = await startProcess(database)
  await using second = await startProcess(database)
  await using third = await startProcess(database)
  const [ones, twos] = [times(200, (i) => `1-${i}`), times(200, (i) => `2-${i}`)]

  for (const [i, one] of ones.entries()) {
    say(first, one)
    say(second, twos[i] ?? '')
  }
  expect(first.heard).toEqual(ones)

  await until('all are told', () => [first, second, third].every(({ heard }) => heard.length === 400))
  for (const { heard, missed } of [first, second, third]) {
    expect(heard.filter((text) => text.startsWith('1'))).toEqual(ones)
    expect(heard.filter((text) => text.startsWith('2'))).toEqual(twos)
    expect(missed).toBe(0)
  }
})

test('equal messages, empty ones, and ones of a megabyte arrive as they were', async () => {
  await using database = await givenDatabase('postgres')
  await using first = await startProcess(database)
  await using second = await startProcess(database)
  const texts = ['same', 'same', '', 'ü✓'.repeat(200_000), 'last']

  say(first, ...texts)

  await until('all are told', () => second.heard.length === texts.length)
  expect(second.heard).toEqual(texts)
})

test('who is on the bus is known at once when one comes or goes', async () => {
  await using database = await givenDatabase('postgres')
  await using first = await startProcess(database)
  const second = await startProcess(database)

  say(first, 'hello')
  await until('it is told', () => second.heard.length === 1)
  expect(second.bus.isShared).toBe(true)
  await second[Symbol.asyncDispose]()

  await until('it is seen to go', () => first.gone === 1)
  expect(first.missed).toBe(0)
})

test('what is said while the connection is lost is noticed by the others, and the loss by the process', async () => {
  await using database = await givenDatabase('postgres')
  await using first = await startProcess(database)
  await using second = await startProcess(database)
  await until('they know each other', () => first.bus.isShared && second.bus.isShared)

  await endConnections(database, 'parley bus')
  await until('both notice', () => first.trouble.length > 0 && second.trouble.length > 0)
  say(first, 'unheard')

  await until('the other one notices', () => second.missed > 0)
  await until('both are back', () => [first, second].every(({ trouble }) => trouble.at(-1) === 'mended'))
  say(first, 'again')
  await until('it is told', () => second.heard.length > 0)
  expect(second.heard).toEqual(['again'])
  expect(first.missed).toBe(0)
})

test('where PostgreSQL lets it not connect, it does not start', async () => {
  await using database = await givenDatabase('postgres')
  const url = database.url.replace(/\/\w+$/, '/nowhere')

  await expect(startProcess({ url })).rejects.toThrow('nowhere')
})

test('nothing is encoded while a process is alone and nobody listens', async () => {
  await using database = await givenDatabase('postgres')
  await using alone = await startProcess(database)
  await until('it is sure to be alone', () => !alone.bus.isShared)

  alone.bus.publish('nobody', () => {
    throw new Error('encoded')
  })
  say(alone, 'mine')

  expect(alone.heard).toEqual(['mine'])
})
