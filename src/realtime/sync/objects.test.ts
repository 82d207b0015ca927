import { expect, test } from 'vitest'
import { newSid } from '../../lib/sid.ts'
import { nameOf, parseSyncObject, type SyncObject, sessionSid, syncSidOf, typeOf } from './objects.ts'

const channel = newSid('CH')
const user = newSid('US')
const objects: SyncObject[] = [
  { kind: 'channel', sid: channel },
  { kind: 'messages', sid: channel },
  { kind: 'roster', sid: channel },
  { kind: 'channels', sid: user },
  { kind: 'info', sid: user },
]

test('sid and name both lead back to the object, and no two objects share them', () => {
  for (const object of objects) {
    expect(parseSyncObject(syncSidOf(object))).toEqual(object)
    expect(parseSyncObject(nameOf(object) ?? '')).toEqual(object)
  }
  expect(new Set(objects.map(syncSidOf)).size).toBe(objects.length)
})

test('the prefix of a sid is the one of its type', () => {
  const prefixes = { document: 'ET', list: 'ES', map: 'MP' }
  for (const object of objects) expect(syncSidOf(object).slice(0, 2)).toBe(prefixes[typeOf(object)])
})

test('a session list is known by its sid alone', () => {
  const object: SyncObject = { kind: 'session', sid: sessionSid('0'.repeat(31)) }
  expect(parseSyncObject(syncSidOf(object))).toEqual(object)
  expect(nameOf(object)).toBeNull()
})

test.each([
  '',
  'ET',
  'alice.channels',
  `${channel}.info`,
  `${user}.channel`,
  `${channel}.messagesx`,
  'MP00',
  'TO',
])('no object: %s', (text) => {
  expect(parseSyncObject(text)).toBeUndefined()
})
