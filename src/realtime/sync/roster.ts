// Members as items of the channel's roster (realtime-protocol.md §6.4).

import { isoDate } from '../../lib/iso-date.ts'
import type { Member } from '../../store/members.ts'
import type { Item } from './items.ts'

export function memberItem(member: Member): Item {
  return {
    key: member.sid,
    data: {
      identity: member.identity,
      userInfo: `${member.userSid}.info`,
      roleSid: member.roleSid,
      attributes: member.attributes,
      type: 'chat',
      dateCreated: isoDate(member.createdAt),
      dateUpdated: isoDate(member.updatedAt),
      lastConsumedMessageIndex: member.lastReadIndex,
      lastConsumptionTimestamp: member.lastReadAt === null ? null : isoDate(member.lastReadAt),
    },
    createdEvent: member.createdEvent,
    lastEvent: member.lastEvent,
    deleted: member.deleted === 1,
    createdAt: member.createdAt,
    updatedAt: member.updatedAt,
  }
}
