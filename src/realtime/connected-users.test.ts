import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryBus } from '../bus/memory.ts'
import type { UserCaller } from '../chat/caller.ts'
import { createConnectedUsers } from './connected-users.ts'
import { createRollCall } from './roll-call.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const caller = (userSid: UserCaller['userSid']): UserCaller => ({
  ...{ kind: 'user', accountSid: 'AC1', serviceSid: 'IS1', identity: userSid },
  userSid,
})

function given() {
  const written: string[] = []
  const rollCall = createRollCall(createMemoryBus())
  const write = async ({ userSid }: UserCaller, online: boolean) => void written.push(`${userSid} ${online}`)
  return { users: createConnectedUsers(write, rollCall), written, rollCall }
}

test('everyone of a service who is connected is written once more', async () => {
  const { users, written, rollCall } = given()
  users.enter(caller('US1'))
  users.enter({ ...caller('US2'), serviceSid: 'IS2' })
  users.enter(caller('US3'))()
  rollCall.tellRefresh('IS1')
  await vi.advanceTimersByTimeAsync(0)
  // Within the grace period nobody has left.
  expect(written).toEqual(['US1 true', 'US2 true', 'US3 true', 'US1 true', 'US3 true'])
})

test('the first connection makes a user online, the end of the last one offline after a while', async () => {
  const { users, written } = given()
  const first = users.enter(caller('US1'))
  const second = users.enter(caller('US1'))
  expect(users.count('US1')).toBe(2)
  first()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toEqual(['US1 true'])
  second()
  expect(users.count('US1')).toBe(0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toEqual(['US1 true', 'US1 false'])
})

test('who comes back soon has never been away', async () => {
  const { users, written } = given()
  users.enter(caller('US1'))()
  await vi.advanceTimersByTimeAsync(1_000)
  users.enter(caller('US1'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toEqual(['US1 true'])
})

test('nothing is written after the stop', async () => {
  const { users, written } = given()
  const leave = users.enter(caller('US1'))
  await users.stop()
  leave()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toEqual(['US1 true'])
})
