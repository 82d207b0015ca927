// What each permission of rest-v2.md §3.3 is for: one thing to try for every verb that asks for it.
import type { Caller } from '../../src/chat/caller.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import { createInvite, deleteInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import type { Permission } from '../../src/chat/permissions.ts'
import { leaveUserChannel, updateUserChannel } from '../../src/chat/user-channels.ts'
import { updateUser } from '../../src/chat/users.ts'
import type { Channel, ChannelType } from '../../src/store/channels.ts'
import type { User } from '../../src/store/users.ts'
import type { TestChat } from './chat.ts'

/** Someone who acts, in a channel that `me` is in unless the trial wants an outsider. */
export type Scene = { t: TestChat; as: Caller; me: User; channel: Channel }
export type Trial = {
  does: string
  /** Each of them suffices. */
  takes: Permission[]
  run(scene: Scene): Promise<unknown>
  outsider?: boolean
  channelType?: ChannelType
}

export const TRIALS: readonly Trial[] = [
  {
    does: 'add another member',
    takes: ['addMember'],
    run: ({ t, as, channel }) => addMember(t.chat, as, channel, { identity: 'carol' }),
  },
  {
    does: 'create a channel',
    takes: ['createChannel'],
    outsider: true,
    run: ({ t, as }) => createChannel(t.chat, as, t.service, { type: 'private' }),
  },
  {
    does: 'join a public channel',
    takes: ['joinChannel'],
    outsider: true,
    run: ({ t, as, me, channel }) => addMember(t.chat, as, channel, { identity: me.identity }),
  },
  {
    does: 'join a private channel without an invite',
    takes: ['addMember'],
    outsider: true,
    channelType: 'private',
    run: ({ t, as, me, channel }) => addMember(t.chat, as, channel, { identity: me.identity }),
  },
  {
    does: 'delete a channel',
    takes: ['destroyChannel'],
    run: ({ t, as, channel }) => deleteChannel(t.chat, as, channel),
  },
  {
    does: 'invite another user',
    takes: ['inviteMember'],
    run: ({ t, as, channel }) => createInvite(t.chat, as, channel, { identity: 'bob' }),
  },
  {
    does: 'take back an invite',
    takes: ['inviteMember'],
    async run({ t, as, channel }) {
      const invite = await createInvite(t.chat, t.account, channel, { identity: 'bob' })
      await deleteInvite(t.chat, as, channel, invite)
    },
  },
  {
    does: 'remove another member',
    takes: ['removeMember'],
    async run({ t, as, channel }) {
      await removeMember(t.chat, as, channel, await t.givenMember(channel, { identity: 'bob' }))
    },
  },
  {
    does: 'leave as a member',
    takes: ['leaveChannel'],
    async run({ t, as, me, channel }) {
      await removeMember(t.chat, as, channel, await requireMember(t.chat, channel, me.identity))
    },
  },
  {
    does: 'leave as a user',
    takes: ['leaveChannel'],
    run: ({ t, as, me, channel }) => leaveUserChannel(t.chat, as, me, channel),
  },
  {
    does: 'change the friendly name',
    takes: ['editChannelName'],
    run: ({ t, as, channel }) => updateChannel(t.chat, as, channel, { friendlyName: 'new' }),
  },
  {
    does: 'change the unique name',
    takes: ['editChannelName'],
    run: ({ t, as, channel }) => updateChannel(t.chat, as, channel, { uniqueName: channel.sid.slice(2) }),
  },
  {
    does: 'change the attributes of a channel',
    takes: ['editChannelAttributes'],
    run: ({ t, as, channel }) => updateChannel(t.chat, as, channel, { attributes: '[1]' }),
  },
  {
    does: 'send a text message',
    takes: ['sendMessage'],
    run: ({ t, as, channel }) => sendMessage(t.chat, as, channel, { body: 'hi' }),
  },
  {
    does: 'send a media message',
    takes: ['sendMediaMessage'],
    async run({ t, as, channel }) {
      await sendMessage(t.chat, as, channel, { mediaSids: [(await t.givenMedia()).sid] })
    },
  },
  {
    does: 'edit the body of an own message',
    takes: ['editOwnMessage', 'editAnyMessage'],
    async run({ t, as, me, channel }) {
      const message = await t.givenMessage(channel, { author: me.identity, body: 'old' })
      await updateMessage(t.chat, as, channel, message, { body: 'new' })
    },
  },
  {
    does: 'edit the body of the message of another',
    takes: ['editAnyMessage'],
    async run({ t, as, channel }) {
      const message = await t.givenMessage(channel, { author: 'bob', body: 'old' })
      await updateMessage(t.chat, as, channel, message, { body: 'new' })
    },
  },
  {
    does: 'edit the attributes of an own message',
    takes: ['editOwnMessageAttributes', 'editAnyMessageAttributes'],
    async run({ t, as, me, channel }) {
      const message = await t.givenMessage(channel, { author: me.identity })
      await updateMessage(t.chat, as, channel, message, { attributes: '[1]' })
    },
  },
  {
    does: 'edit the attributes of the message of another',
    takes: ['editAnyMessageAttributes'],
    async run({ t, as, channel }) {
      const message = await t.givenMessage(channel, { author: 'bob' })
      await updateMessage(t.chat, as, channel, message, { attributes: '[1]' })
    },
  },
  {
    does: 'delete an own message',
    takes: ['deleteOwnMessage', 'deleteAnyMessage'],
    async run({ t, as, me, channel }) {
      await removeMessage(t.chat, as, channel, await t.givenMessage(channel, { author: me.identity }))
    },
  },
  {
    does: 'delete the message of another',
    takes: ['deleteAnyMessage'],
    async run({ t, as, channel }) {
      await removeMessage(t.chat, as, channel, await t.givenMessage(channel, { author: 'bob' }))
    },
  },
  {
    does: 'change the own member attributes',
    takes: ['editOwnMemberAttributes', 'editAnyMemberAttributes'],
    async run({ t, as, me, channel }) {
      const member = await requireMember(t.chat, channel, me.identity)
      await updateMember(t.chat, as, channel, member, { attributes: '[1]' })
    },
  },
  {
    does: 'change the attributes of another member',
    takes: ['editAnyMemberAttributes'],
    async run({ t, as, channel }) {
      const member = await t.givenMember(channel, { identity: 'bob' })
      await updateMember(t.chat, as, channel, member, { attributes: '[1]' })
    },
  },
  {
    does: 'mute a channel',
    takes: ['editNotificationLevel'],
    run: ({ t, as, me, channel }) =>
      updateUserChannel(t.chat, as, me, channel, { notificationLevel: 'muted' }),
  },
  {
    does: 'change the own user info',
    takes: ['editOwnUserInfo', 'editAnyUserInfo'],
    outsider: true,
    run: ({ t, as, me }) => updateUser(t.chat, as, t.service, me, { friendlyName: 'new', attributes: '[1]' }),
  },
  {
    does: 'change the info of another user',
    takes: ['editAnyUserInfo'],
    outsider: true,
    run: async ({ t, as, me }) => {
      const other = await t.givenUser({ identity: `other-of-${me.identity}` })
      await updateUser(t.chat, as, t.service, other, { friendlyName: 'new' })
    },
  },
]
