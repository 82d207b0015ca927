import assert from 'node:assert/strict'
import { until } from '../../support/until.ts'
import { MESSAGES } from './04-history.ts'
import type { Step } from './scene.ts'

export const channelEdits: Step = {
  name: '8a edits of the channel reach the others',
  async run({ bob, general }) {
    const { sid } = general.alice
    await general.alice.updateAttributes({ topic: 'coffee', deep: { list: [1, 'é'] } })
    await bob.events.waitFor('channelUpdated', { channel: sid, reasons: ['attributes'] })
    await general.alice.updateFriendlyName('Lounge')
    await bob.events.waitFor('channelUpdated', { channel: sid, reasons: ['friendlyName'] })
    await general.alice.updateUniqueName('lounge')
    await bob.events.waitFor('channelUpdated', { channel: sid, reasons: ['uniqueName'] })

    const { attributes, friendlyName, uniqueName } = general.bob.state()
    assert.deepEqual(
      { attributes, friendlyName, uniqueName },
      {
        attributes: { topic: 'coffee', deep: { list: [1, 'é'] } },
        friendlyName: 'Lounge',
        uniqueName: 'lounge',
      },
    )
    assert.equal((await bob.channelByUniqueName('lounge')).sid, sid)
  },
}

export const messageEdits: Step = {
  name: '8b edits and removals of messages reach the others',
  async run({ alice, bob, general }) {
    const last = { channel: general.alice.sid, index: MESSAGES - 1 }
    const mine = async () => (await general.alice.messages(1)).items[0]
    await (await mine())?.updateBody('edited')
    await bob.events.waitFor('messageUpdated', { ...last, body: 'edited', reasons: ['body'] })
    await alice.events.waitFor('messageUpdated', { ...last, reasons: ['body'] })
    await (await mine())?.updateAttributes({ starred: true })
    await bob.events.waitFor('messageUpdated', { ...last, reasons: ['attributes'] })
    const [read] = (await general.bob.messages(1)).items
    assert.deepEqual(read?.attributes, { starred: true })
    assert.equal(read?.body, 'edited')
    assert.equal(read?.lastUpdatedBy, 'alice')
    const writer = (await general.bob.members()).find(({ identity }) => identity === 'alice')
    assert.ok(writer)
    assert.equal(read?.memberSid, writer.sid)

    await (await mine())?.remove()
    await bob.events.waitFor('messageRemoved', last)
    await until(
      'the last message of the channel',
      () => general.bob.state().lastMessageIndex === MESSAGES - 2,
      {
        seen: () => general.bob.state(),
      },
    )
    assert.equal((await general.bob.messages(1)).items[0]?.index, MESSAGES - 2)
  },
}
