import assert from 'node:assert/strict'
import { indexes, range } from './04-history.ts'
import type { Step } from './scene.ts'

/** What test/sdk/large-service.ts has made. */
export const LARGE = { identity: 'sam', channels: 131, members: 121, messages: 230, uniqueName: 'large' }
const PAGE = 40
const ANCHOR = 100

export const scale: Step = {
  name: '14 131 channels, one of them with 121 members and 230 messages',
  async run(play) {
    const token = play.token(LARGE.identity, { serviceSid: play.largeServiceSid })
    const sam = await play.enter(LARGE.identity, { token })
    await sam.settled()
    assert.equal((await sam.subscribedChannels()).length, LARGE.channels)
    const large = await sam.channelByUniqueName(LARGE.uniqueName)
    assert.equal((await large.members()).length, LARGE.members)

    const newest = await large.messages(100)
    assert.deepEqual(indexes(newest), range(130, 230))
    const middle = await newest.prev()
    assert.deepEqual(indexes(middle), range(30, 130))
    assert.deepEqual(indexes(await middle.prev()), range(0, 30))
    const around = await large.messages(PAGE, ANCHOR, 'forward')
    assert.deepEqual(indexes(around), range(ANCHOR, ANCHOR + PAGE))
    assert.deepEqual(indexes(await around.next()), range(ANCHOR + PAGE, ANCHOR + 2 * PAGE))
    const back = await large.messages(PAGE, ANCHOR, 'backwards')
    assert.deepEqual(indexes(back), range(ANCHOR - PAGE + 1, ANCHOR + 1))
    assert.deepEqual(indexes(await back.prev()), range(ANCHOR - 2 * PAGE + 1, ANCHOR - PAGE + 1))
  },
}
