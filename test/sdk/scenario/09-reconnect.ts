import assert from 'node:assert/strict'
import { identities } from './02-join.ts'
import type { Step } from './scene.ts'

export const reconnect: Step = {
  name: '12 what happens while the wire is cut arrives after it',
  async run({ alice, bob, carol, general }) {
    const { sid } = general.alice
    await bob.settled()
    const since = bob.events.mark()
    bob.wire.refuse()
    bob.wire.cut()
    await bob.events.waitFor('connectionStateChanged', ({ state }) => state !== 'connected', undefined, since)
    const index = Number(await general.alice.send('while bob is away'))
    await general.alice.removeMember('carol')
    await carol.events.waitFor('channelLeft', { channel: sid })
    bob.wire.allow()

    await bob.events.waitFor('connectionStateChanged', { state: 'connected' }, undefined, since)
    await bob.events.waitFor(
      'messageAdded',
      { channel: sid, index, body: 'while bob is away' },
      undefined,
      since,
    )
    await bob.events.waitFor('memberLeft', { channel: sid, identity: 'carol' }, undefined, since)
    await bob.settled()
    const answer = Number(await general.bob.send('back again'))
    await alice.events.waitFor('messageAdded', { channel: sid, index: answer, author: 'bob' })
    await bob.events.waitFor('messageAdded', { channel: sid, index: answer }, undefined, since)
    const added = bob.events.all('messageAdded', { channel: sid }, since).map((one) => one.index)
    assert.deepEqual(added, [index, answer], 'once and in order')
    assert.deepEqual(await identities(general.bob), ['alice', 'bob'])
  },
}
