import { expect, test } from 'vitest'
import { createRequests } from './requests.ts'

/** Requests that end when the test says so. */
function given(limit = 1_000) {
  const log: string[] = []
  const ends = new Map<string, () => void>()
  let congested = false
  const requests = createRequests({ count: limit, bytes: 1_000 }, () => congested)
  const add = (name: string, lane: string | null = null, bytes = 1): boolean =>
    requests.add({
      lane,
      bytes,
      run: () =>
        new Promise((resolve) => {
          log.push(name)
          ends.set(name, resolve)
        }),
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const congest = (value: boolean): void => {
    congested = value
  }
  return { log, requests, add, end, congest }
}

test('requests of one lane run in order, others do not wait for them', async () => {
  const { log, add, end } = given()
  add('a1', 'a')
  add('a2', 'a')
  add('b1', 'b')
  add('free')
  expect(log).toEqual(['a1', 'b1', 'free'])
  await end('a1')
  expect(log).toEqual(['a1', 'b1', 'free', 'a2'])
})

test('a request may let the next one in its lane go first', async () => {
  const { requests, log, end, add } = given()
  requests.add({
    lane: 'a',
    bytes: 1,
    async run(release) {
      log.push('a1')
      release()
      await new Promise(() => {})
    },
  })
  add('a2', 'a')
  await end('nothing')
  expect(log).toEqual(['a1', 'a2'])
})

test('requests may keep so many bytes, of those that run and those that wait', async () => {
  const { add, end, congest } = given()
  congest(true)
  expect([add('a', null, 600), add('b', null, 400), add('c', null, 1)]).toEqual([true, true, false])
  congest(false)
  expect(add('d', null, 0)).toBe(true)
  await end('a')
  expect([add('e', null, 601), add('f', null, 600)]).toEqual([false, true])
  for (const name of ['b', 'd', 'f']) await end(name)
  // One alone may be as large as a frame.
  expect([add('g', null, 5_000), add('h', null, 1)]).toEqual([true, false])
})

test('as many as fit run, the rest waits, and what is too much is refused', async () => {
  const { log, add, end } = given(40)
  for (let i = 0; i < 40; i++) expect(add(`r${i}`)).toBe(true)
  expect(add('one too many')).toBe(false)
  expect(log).toHaveLength(32)
  await end('r0')
  expect(log).toHaveLength(33)
  expect(add('again')).toBe(true)
})

test('nothing starts while the client does not read', () => {
  const { log, add, congest, requests } = given()
  congest(true)
  add('later')
  expect(log).toEqual([])
  congest(false)
  requests.resume()
  expect(log).toEqual(['later'])
})

test('idle is when all have ended', async () => {
  const { add, end, requests } = given()
  add('one')
  let idle = false
  const done = requests.idle().then(() => {
    idle = true
  })
  await end('nothing')
  expect(idle).toBe(false)
  await end('one')
  await done
  expect(idle).toBe(true)
})

test('requests that take long leave others their turn', async () => {
  const { requests } = given()
  const log: string[] = []
  setImmediate(() => log.push('other'))
  for (const name of ['a', 'b', 'c']) {
    requests.add({
      lane: null,
      bytes: 1,
      async run() {
        log.push(name)
        const end = performance.now() + 25
        while (performance.now() < end);
      },
    })
  }
  await requests.idle()
  expect(log).toEqual(['a', 'other', 'b', 'c'])
})
