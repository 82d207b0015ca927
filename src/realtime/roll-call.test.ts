import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bus } from '../bus/bus.ts'
import { createMemoryBus } from '../bus/memory.ts'
import { createRollCall, type RollCall } from './roll-call.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Two processes on one bus; the other one has a connection of `here`, and confirms what is asked for. */
function given(here: string[]): { rollCall: RollCall; words: string[]; confirmed: string[] } {
  const bus: Bus = { ...createMemoryBus(), isShared: true }
  const words: string[] = []
  bus.subscribe('presence', (message) => words.push(JSON.parse(`${message}`).kind))
  const confirmed: string[] = []
  const refresh = () => {}
  createRollCall(bus).answer({
    isConnected: (user) => here.includes(user),
    confirm: (users) => confirmed.push(...users.filter((user) => here.includes(user))),
    refresh,
  })
  const rollCall = createRollCall(bus)
  rollCall.answer({ isConnected: () => true, confirm: () => {}, refresh })
  return { rollCall, words, confirmed }
}

test('all who leave together are asked for together, and told together', async () => {
  const { rollCall, words, confirmed } = given(['US7'])
  const users = Array.from({ length: 5_000 }, (_, i) => `US${i}`)
  const asked = users.map((user) => rollCall.ask([user]))
  await vi.advanceTimersByTimeAsync(1_000)
  const answers = await Promise.all(asked)
  for (const user of users) rollCall.tellLeft(user)
  await vi.advanceTimersByTimeAsync(1_000)

  expect(users.filter((user, i) => answers[i]?.has(user))).toEqual(['US7'])
  expect(words).toEqual(['ask', 'left'])
  expect(confirmed).toEqual(['US7'])
})

test('who is asked for later is asked for again', async () => {
  const { rollCall, words } = given([])
  for (let i = 0; i < 2; i++) {
    const asked = rollCall.ask(['US1'])
    await vi.advanceTimersByTimeAsync(1_000)
    expect([...(await asked)]).toEqual([])
  }
  expect(words).toEqual(['ask', 'ask'])
})
