// What may be given of a message, and its checks.
import type { Sid } from '../lib/sid.ts'
import { type DateOverrides, ifGiven } from './changes.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'
import { checkAttributes, checkAuthor, checkBody } from './values.ts'

/** The author, `lastUpdatedBy` and the dates are for the account; a user writes under the own identity. */
export type MessageChange = DateOverrides & {
  author?: string
  body?: string
  attributes?: string
  /** Null for nobody. */
  lastUpdatedBy?: string | null
}
/** A message needs no body. */
export type MessageDraft = MessageChange & { mediaSids?: Sid<'ME'>[] }

/** Without the author, whom not everyone may choose. Throws the errors of single values. */
export function checkMessageChange(chat: Chat, change: MessageChange): Omit<MessageChange, 'author'> {
  const { limits } = chat
  return {
    body: ifGiven(change.body, (body) => checkBody(body, limits)),
    attributes: ifGiven(change.attributes, (text) => checkAttributes(text, limits.messageAttributes)),
    lastUpdatedBy: ifGiven(change.lastUpdatedBy, (name) =>
      name ? checkAuthor(name, limits, errors.lastUpdatedByTooLong) : null,
    ),
    createdAt: change.createdAt,
    updatedAt: change.updatedAt,
  }
}
