// Event names of webhooks in this API (rest-v2.md §4.2, §2.11).

export const WEBHOOK_EVENTS = [
  'onMessageSend',
  'onMessageSent',
  'onMediaMessageSend',
  'onMediaMessageSent',
  'onMessageUpdate',
  'onMessageUpdated',
  'onMessageRemove',
  'onMessageRemoved',
  'onChannelAdd',
  'onChannelAdded',
  'onChannelUpdate',
  'onChannelUpdated',
  'onChannelDestroy',
  'onChannelDestroyed',
  'onMemberAdd',
  'onMemberAdded',
  'onMemberUpdate',
  'onMemberUpdated',
  'onMemberRemove',
  'onMemberRemoved',
  'onUserUpdate',
  'onUserUpdated',
  'onUserAdded',
] as const

/** A channel's own webhooks take what has happened in that channel. */
export const CHANNEL_WEBHOOK_EVENTS = [
  'onMessageSent',
  'onMessageUpdated',
  'onMessageRemoved',
  'onMediaMessageSent',
  'onChannelUpdated',
  'onChannelDestroyed',
  'onMemberAdded',
  'onMemberUpdated',
  'onMemberRemoved',
] as const
