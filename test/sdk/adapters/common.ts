// What twilio-chat and conversations have in common, whatever they call it.
import type { SdkMedia, SdkMessage, SdkPage, SdkUser } from './sdk.ts'

export type Page<T> = {
  items: T[]
  hasNextPage: boolean
  hasPrevPage: boolean
  nextPage(): Promise<Page<T>>
  prevPage(): Promise<Page<T>>
}

type VendorUser = {
  identity: string
  friendlyName: string | null
  attributes: unknown
  updateFriendlyName(name: string): Promise<unknown>
  updateAttributes(attributes: never): Promise<unknown>
}

export function wrapUser(user: VendorUser, online: () => boolean | null): SdkUser {
  return {
    identity: user.identity,
    friendlyName: () => user.friendlyName,
    attributes: () => user.attributes,
    online,
    updateFriendlyName: (friendlyName) => user.updateFriendlyName(friendlyName),
    updateAttributes: (attributes) => user.updateAttributes(attributes as never),
  }
}

type VendorVerbs = {
  join(): Promise<unknown>
  leave(): Promise<unknown>
  add(identity: string): Promise<unknown>
  delete(): Promise<unknown>
  typing(): Promise<void>
  sendMessage(body: never, attributes: never): Promise<number>
  getMessagesCount(): Promise<number>
  setUserNotificationLevel(level: 'default' | 'muted'): Promise<void>
  updateAttributes(attributes: never): Promise<unknown>
  updateFriendlyName(name: string): Promise<unknown>
  updateUniqueName(name: string): Promise<unknown>
}

/** The verbs of a channel that have the same name in every family. */
export function wrapVerbs(channel: VendorVerbs) {
  return {
    join: () => channel.join(),
    leave: () => channel.leave(),
    add: (identity: string) => channel.add(identity),
    delete: () => channel.delete(),
    send: (body: string, attributes: object = {}) => channel.sendMessage(body as never, attributes as never),
    sendMedia: (contentType: string, media: Buffer) =>
      channel.sendMessage({ contentType, media } as never, {} as never),
    typing: () => channel.typing(),
    messagesCount: () => channel.getMessagesCount(),
    setNotificationLevel: (level: 'default' | 'muted') => channel.setUserNotificationLevel(level),
    updateAttributes: (attributes: object) => channel.updateAttributes(attributes as never),
    updateFriendlyName: (name: string) => channel.updateFriendlyName(name),
    updateUniqueName: (name: string) => channel.updateUniqueName(name),
  }
}

/** 3.x has another name for the address. */
type VendorMedia = {
  sid: string
  contentType: string
  size: number
  getContentTemporaryUrl?(): Promise<string | null>
  getContentUrl?(): Promise<string>
}

function wrapMedia(media: VendorMedia | null): SdkMedia | null {
  if (!media) return null
  const { sid, contentType, size } = media
  const temporaryUrl = async (): Promise<string> =>
    (await (media.getContentTemporaryUrl?.() ?? media.getContentUrl?.())) ?? 'no address'
  return { sid, contentType, size, temporaryUrl }
}

type VendorMessage = {
  index: number
  sid: string
  body: string | null
  author: string | null
  attributes: unknown
  lastUpdatedBy: string | null
  type: string
  /** The chat family's name for the author's membership, and the other one's. */
  memberSid?: string | null
  participantSid?: string | null
  media: VendorMedia | null
  updateBody(body: string): Promise<unknown>
  updateAttributes(attributes: never): Promise<unknown>
  remove(): Promise<unknown>
}

/** `memberOf` knows the name that the family gives to the author's membership. */
export function wrapPage<M extends VendorMessage>(
  page: Page<M>,
  memberOf: (message: M) => Promise<{ identity: string | null }>,
): SdkPage {
  const wrapMessage = (message: M): SdkMessage => {
    const { index, sid, body, author, attributes, lastUpdatedBy, type } = message
    return {
      ...{ index, sid, body, author, attributes, lastUpdatedBy, type },
      memberSid: message.memberSid ?? message.participantSid ?? null,
      member: async () => (await memberOf(message)).identity,
      media: () => wrapMedia(message.media),
      updateBody: (text) => message.updateBody(text),
      updateAttributes: (changed) => message.updateAttributes(changed as never),
      remove: () => message.remove(),
    }
  }
  return {
    items: page.items.map(wrapMessage),
    hasNext: page.hasNextPage,
    hasPrev: page.hasPrevPage,
    next: async () => wrapPage(await page.nextPage(), memberOf),
    prev: async () => wrapPage(await page.prevPage(), memberOf),
  }
}

export async function allPages<T>(first: Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  for (let page = await first; ; page = await page.nextPage()) {
    items.push(...page.items)
    if (!page.hasNextPage) return items
  }
}
