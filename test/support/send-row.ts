import { type Channel, countMessageAdded } from '../../src/store/channels.ts'
import type { Database } from '../../src/store/database.ts'
import { insertMessage } from '../../src/store/messages.ts'
import { fullMessage } from './full-rows.ts'

/** Counts a new message and writes it. `onReckoned` hears of each time that its index has been taken. */
export function sendRow(
  db: Database,
  channel: Channel,
  change: object = {},
  onReckoned: (index: number) => void = () => {},
): Promise<Channel | undefined> {
  return db.transaction(async (tx) => {
    const message = { ...fullMessage(), channelSid: channel.sid, ...change }
    const counted = await countMessageAdded(tx, channel.sid, message.sid, message.createdAt)
    const messageIndex = (counted?.nextMessageIndex ?? 0) - 1
    insertMessage(tx, channel, { ...message, messageIndex })
    onReckoned(messageIndex)
    return counted
  })
}
