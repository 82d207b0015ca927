// What the scenario and the model ask of a client SDK, in the words of twilio-chat. Each family has an adapter.
import type { Recorder } from './recorder.ts'

export type Family = 'session' | 'rest' | 'conversations'

export type Sdk = {
  /** As in `--version`: 3, 4, 5, 6, c2.1, c2.7, c3. */
  version: string
  family: Family
  /** `new Client` exists, so that the events of the start can be seen. */
  hasConstructor: boolean
  /** Starts a client. With `construct` it comes back before it is connected. */
  connect(token: string, wsUrl: string, options?: { construct?: boolean }): Promise<SdkClient>
  /** The chat error number that a refused command carries. */
  errorCode(error: unknown): number | undefined
}

export type SdkUser = {
  identity: string
  friendlyName(): string | null
  attributes(): unknown
  online(): boolean | null
  updateFriendlyName(name: string): Promise<unknown>
  updateAttributes(attributes: unknown): Promise<unknown>
}

export type SdkClient = {
  events: Recorder
  self(): SdkUser
  connectionState(): string
  createChannel(draft: ChannelDraft): Promise<SdkChannel>
  channel(sid: string): Promise<SdkChannel>
  channelByUniqueName(name: string): Promise<SdkChannel>
  /** All pages. */
  subscribedChannels(): Promise<SdkChannel[]>
  user(identity: string): Promise<SdkUser>
  /** The chat SDKs' directory; undefined in conversations. */
  directory?: Directory
  updateToken(token: string): Promise<unknown>
  setPushRegistration(type: 'fcm' | 'apn', id: string): Promise<unknown>
  unsetPushRegistration(type: 'fcm' | 'apn'): Promise<unknown>
  shutdown(): Promise<unknown>
}

export type Directory = {
  publicChannels(): Promise<ChannelEntry[]>
  ownChannels(): Promise<ChannelEntry[]>
  /** What the localised list holds: channels that are known here. */
  localChannels(): Promise<string[]>
  user(identity: string): Promise<UserEntry>
  usersOf(channel: SdkChannel): Promise<UserEntry[]>
}

export type ChannelEntry = {
  sid: string
  uniqueName: string
  friendlyName: string
  status: string
  messagesCount: number
  membersCount: number
}
export type UserEntry = { identity: string; friendlyName: string; attributes: unknown }

export type ChannelDraft = {
  uniqueName?: string
  friendlyName?: string
  attributes?: object
  isPrivate?: boolean
}

export type ChannelState = {
  sid: string
  status: string
  /** Undefined in conversations, where channels have no kind. */
  type?: string
  uniqueName: string | null
  friendlyName: string | null
  attributes: unknown
  createdBy: string | null
  notificationLevel: string
  horizon: number | null
  lastMessageIndex: number | null
}

export type SdkChannel = {
  sid: string
  state(): ChannelState
  join(): Promise<unknown>
  leave(): Promise<unknown>
  add(identity: string): Promise<unknown>
  removeMember(identity: string): Promise<unknown>
  /** Undefined in conversations. */
  invitations?: { invite(identity: string): Promise<unknown>; decline(): Promise<unknown> }
  delete(): Promise<unknown>
  members(): Promise<SdkMember[]>
  member(identity: string): Promise<SdkMember>
  messages(pageSize?: number, anchor?: number, direction?: 'backwards' | 'forward'): Promise<SdkPage>
  /** The new message's index. */
  send(body: string, attributes?: object): Promise<number>
  sendMedia(contentType: string, bytes: Buffer): Promise<number>
  typing(): Promise<unknown>
  messagesCount(): Promise<number>
  membersCount(): Promise<number>
  unreadCount(): Promise<number | null>
  /** The first three return the number of unread messages. */
  setHorizon(index: number | null): Promise<number>
  advanceHorizon(index: number): Promise<number>
  setAllConsumed(): Promise<number>
  setNoneConsumed(): Promise<number>
  setNotificationLevel(level: 'default' | 'muted'): Promise<unknown>
  updateAttributes(attributes: object): Promise<unknown>
  updateFriendlyName(name: string): Promise<unknown>
  updateUniqueName(name: string): Promise<unknown>
}

export type SdkMember = {
  sid: string
  identity: string
  attributes: unknown
  horizon: number | null
  roleSid: string
  updateAttributes(attributes: object): Promise<unknown>
}

export type SdkMessage = {
  index: number
  sid: string
  body: string | null
  author: string | null
  attributes: unknown
  lastUpdatedBy: string | null
  type: string
  /** The member who wrote it. */
  memberSid: string | null
  /** Identity of the member who wrote it. */
  member(): Promise<string | null>
  media(): SdkMedia | null
  updateBody(body: string): Promise<unknown>
  updateAttributes(attributes: object): Promise<unknown>
  remove(): Promise<unknown>
}

export type SdkMedia = {
  sid: string
  contentType: string
  size: number
  /** An address that anyone may load for some time. */
  temporaryUrl(): Promise<string>
}

export type SdkPage = {
  items: SdkMessage[]
  hasNext: boolean
  hasPrev: boolean
  next(): Promise<SdkPage>
  prev(): Promise<SdkPage>
}
