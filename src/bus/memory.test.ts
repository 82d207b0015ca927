import { expect, test } from 'vitest'
import { createMemoryBus } from './memory.ts'

test('a topic is heard in order by all who subscribed, and by no one else', () => {
  const bus = createMemoryBus()
  const heard: string[] = []
  bus.subscribe('a', (message) => heard.push(`1${message}`))
  bus.subscribe('a', (message) => heard.push(`2${message}`))
  bus.subscribe('b', (message) => heard.push(`b${message}`))
  bus.publish('a', () => Buffer.from('x'))
  bus.publish('a', () => Buffer.from('y'))
  expect(heard).toEqual(['1x', '2x', '1y', '2y'])
})

test('nothing is encoded for nobody, and once for many', () => {
  const bus = createMemoryBus()
  let encoded = 0
  const encode = (): Buffer => {
    encoded++
    return Buffer.from('x')
  }
  bus.publish('a', encode)
  expect(encoded).toBe(0)
  const leave = [1, 2, 3].map(() => bus.subscribe('a', () => {}))
  bus.publish('a', encode)
  expect(encoded).toBe(1)
  for (const end of leave) end()
  bus.publish('a', encode)
  expect(encoded).toBe(1)
})

test('the same function may subscribe twice, and ending one twice ends only that', () => {
  const bus = createMemoryBus()
  let calls = 0
  const handler = (): void => void calls++
  const first = bus.subscribe('a', handler)
  bus.subscribe('a', handler)
  first()
  first()
  bus.publish('a', () => Buffer.from('x'))
  expect(calls).toBe(1)
})
