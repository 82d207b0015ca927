import assert from 'node:assert/strict'
import { until } from '../../support/until.ts'
import type { Step } from './scene.ts'

export const people: Step = {
  name: '9a members and users change before the eyes of others',
  async run({ alice, bob, general }) {
    await (await general.alice.member('bob')).updateAttributes({ mood: 'fine' })
    await bob.events.waitFor('memberUpdated', { identity: 'bob', reasons: ['attributes'] })
    assert.deepEqual((await general.bob.member('bob')).attributes, { mood: 'fine' })

    const seenByAlice = await alice.user('bob')
    await alice.events.waitFor('userSubscribed', { identity: 'bob' })
    await alice.settled()
    await bob.self().updateFriendlyName('Bobby')
    await alice.events.waitFor('userUpdated', { identity: 'bob', reasons: ['friendlyName'] })
    await bob.self().updateAttributes({ team: 'red' })
    await alice.events.waitFor('userUpdated', { identity: 'bob', reasons: ['attributes'] })
    assert.equal(seenByAlice.friendlyName(), 'Bobby')
    assert.deepEqual(seenByAlice.attributes(), { team: 'red' })
    await bob.events.waitFor('userUpdated', { identity: 'bob', reasons: ['friendlyName'] })
  },
}

export const listings: Step = {
  name: '9b notification level, directories and lists',
  async run({ bob, carol, general }) {
    const { sid } = general.bob
    await general.bob.setNotificationLevel('muted')
    await bob.events.waitFor('channelUpdated', { channel: sid, reasons: ['notificationLevel'] })
    assert.equal(general.bob.state().notificationLevel, 'muted')
    assert.deepEqual(
      (await bob.subscribedChannels()).map((channel) => channel.sid),
      [sid],
    )
    if (!bob.directory || !carol.directory) return

    const [entry] = await bob.directory.publicChannels()
    assert.equal(entry?.sid, sid)
    assert.equal(entry?.uniqueName, 'lounge')
    const [own] = await bob.directory.ownChannels()
    assert.equal(own?.sid, sid)
    assert.equal(own?.status, 'joined')
    assert.equal(own?.membersCount, 3)
    assert.deepEqual(await bob.directory.localChannels(), [sid])
    const { directory } = carol
    const fresh = await until('the new name in the directory', async () => {
      const user = await directory.user('bob')
      return user.friendlyName === 'Bobby' && user
    })
    assert.deepEqual(fresh.attributes, { team: 'red' })
    const users = await carol.directory.usersOf(general.carol)
    assert.deepEqual(users.map(({ identity }) => identity).sort(), ['alice', 'bob', 'carol'])
  },
}
