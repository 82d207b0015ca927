// What a value may measure at most (rest-v2.md §6). A facade with other limits passes its own.

/** Bytes. */
export const MEGABYTE = 1_048_576

export type Limits = {
  /** Code points. */
  name: number
  /** Code points: friendly names of roles and credentials. */
  shortName: number
  /** UTF-8 bytes. */
  messageBody: number
  messageAttributes: number
  /** Media in one message. */
  messageMedia: number
  /** Files of a user that no message has taken yet. */
  unattachedMedia: number
  channelAttributes: number
  userAttributes: number
  memberAttributes: number
  /** The most a service may allow for members in a channel. */
  channelMembers: number
  userChannels: number
  webhookUrl: number
  channelWebhooks: number
  webhookTriggers: number
  webhookRetries: number
  notificationTemplate: number
  notificationSound: number
  /** UTF-8 bytes of a device's address and of its endpoint. */
  bindingAddress: number
  bindingEndpoint: number
  /** Devices of one user; the one not heard of for longest gives way. */
  userBindings: number
}

export const chatLimits: Limits = {
  name: 256,
  shortName: 64,
  messageBody: 32_768,
  messageAttributes: 4_096,
  messageMedia: 10,
  unattachedMedia: 100,
  channelAttributes: 32_768,
  userAttributes: 4_096,
  memberAttributes: 4_096,
  channelMembers: 1_000,
  userChannels: 1_000,
  webhookUrl: 512,
  channelWebhooks: 5,
  webhookTriggers: 5,
  webhookRetries: 3,
  notificationTemplate: 2_048,
  notificationSound: 255,
  bindingAddress: 2_048,
  bindingEndpoint: 512,
  userBindings: 50,
}
