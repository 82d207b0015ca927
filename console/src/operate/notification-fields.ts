// The four kinds of push notification, each turned on, worded and given a sound by itself.
import type { FieldSpec, Value, Values } from '../parts/fields.tsx'
import type { SettingGroup } from './setting-fields.ts'

const KINDS = [
  {
    wire: 'NewMessage',
    member: 'new_message',
    label: 'New message',
    words: '${CHANNEL} ${USER}: ${MESSAGE}',
  },
  {
    wire: 'AddedToChannel',
    member: 'added_to_channel',
    label: 'Added to a channel',
    words: '${USER} ${CHANNEL}',
  },
  {
    wire: 'RemovedFromChannel',
    member: 'removed_from_channel',
    label: 'Removed from a channel',
    words: '${USER} ${CHANNEL}',
  },
  {
    wire: 'InvitedToChannel',
    member: 'invited_to_channel',
    label: 'Invited to a channel',
    words: '${USER} ${CHANNEL}',
  },
] as const

export const notificationFields: SettingGroup = {
  title: 'Push notifications',
  fields: [
    {
      name: 'Notifications.LogEnabled',
      label: 'Log',
      hint: 'Keep every push with its payload; without it only those that fail are kept',
      kind: 'switch',
    },
    ...KINDS.flatMap(({ wire, label, words }): FieldSpec[] => [
      { name: `Notifications.${wire}.Enabled`, label, hint: 'Send this kind', kind: 'switch' },
      {
        name: `Notifications.${wire}.Template`,
        label: `${label}: text`,
        hint: `Empty keeps the default. May hold ${words}`,
      },
      { name: `Notifications.${wire}.Sound`, label: `${label}: sound`, hint: 'Name of a sound in the app' },
      ...(wire === 'NewMessage'
        ? [
            {
              name: 'Notifications.NewMessage.BadgeCountEnabled',
              label: 'New message: badge',
              hint: 'Send the number of channels with unread messages along',
              kind: 'switch' as const,
            },
          ]
        : []),
    ]),
  ],
}

type Setting = { enabled?: boolean; template?: string; sound?: string; badge_count_enabled?: boolean }

export function notificationValues(notifications: Record<string, unknown>): Values {
  const values: Record<string, Value> = { 'Notifications.LogEnabled': notifications.log_enabled === true }
  for (const { wire, member } of KINDS) {
    const setting = (notifications[member] ?? {}) as Setting
    values[`Notifications.${wire}.Enabled`] = setting.enabled ?? false
    values[`Notifications.${wire}.Template`] = setting.template ?? ''
    values[`Notifications.${wire}.Sound`] = setting.sound ?? ''
    if (wire === 'NewMessage') {
      values['Notifications.NewMessage.BadgeCountEnabled'] = setting.badge_count_enabled ?? false
    }
  }
  return values
}
