import { expect, test } from 'vitest'
import { newSid } from '../lib/sid.ts'
import { type Announcement, decodeAnnouncement, encodeAnnouncement } from './announcements.ts'

const json = Buffer.from('{"text":"hé"}')
const announcements: Announcement[] = [
  { kind: 'event', id: 2 ** 52 + 1, json },
  { kind: 'gone', json },
  { kind: 'revoke', userSid: newSid('US') },
  { kind: 'typing', userSid: newSid('US'), json },
  { kind: 'signOut' },
]

test.each(announcements)('$kind comes back as it was', (announcement) => {
  expect(decodeAnnouncement(encodeAnnouncement(announcement))).toEqual(announcement)
})

test('what a newer program sends is left aside', () => {
  expect(decodeAnnouncement(Buffer.from([200, 1, 2]))).toBeUndefined()
  expect(decodeAnnouncement(Buffer.alloc(0))).toBeUndefined()
})
