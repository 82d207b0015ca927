import { expect, test } from 'vitest'
import { newSid } from '../lib/sid.ts'
import { type Announcement, decodeAnnouncement, encodeAnnouncement } from './announcements.ts'

const json = '{"text":"hé"}'
const type = 'list_item_added'
const announcements: Announcement[] = [
  { kind: 'event', id: 2 ** 52 + 1, type, json },
  { kind: 'gone', type, json },
  { kind: 'revoke', userSid: newSid('US') },
  { kind: 'typing', userSid: newSid('US'), json },
  { kind: 'signOut' },
  { kind: 'recheck' },
]

test.each(announcements)('$kind comes back as it was', (announcement) => {
  expect(decodeAnnouncement(encodeAnnouncement(announcement))).toEqual(announcement)
})

test('what a newer program sends is left aside', () => {
  expect(decodeAnnouncement(Buffer.from([200, 1, 2]))).toBeUndefined()
  expect(decodeAnnouncement(Buffer.alloc(0))).toBeUndefined()
})
