import assert from 'node:assert/strict'
import type { SdkChannel } from '../adapters/sdk.ts'
import type { Actor, Play, Step } from './scene.ts'

export const createAndJoin: Step = {
  name: '2 alice creates a public channel and joins it',
  async run(play) {
    const { alice } = play
    const draft = { uniqueName: 'general', friendlyName: 'General', attributes: { topic: 'tea' } }
    const channel = await alice.createChannel(draft)
    await channel.join()
    await alice.events.waitFor('channelAdded', { channel: channel.sid })
    await alice.events.waitFor('channelJoined', { channel: channel.sid })
    await alice.settled()

    const { status, uniqueName, friendlyName, attributes, createdBy } = channel.state()
    assert.deepEqual(
      { status, uniqueName, friendlyName, attributes, createdBy },
      { status: 'joined', ...draft, createdBy: 'alice' },
    )
    play.general = { alice: channel, bob: channel, carol: channel }
  },
}

export const findAndJoin: Step = {
  name: '3 bob finds the channel by its unique name and joins it; alice sees him come',
  async run(play) {
    const { alice, bob, sdk } = play
    if (sdk.family !== 'conversations') {
      const found = await bob.channelByUniqueName('general')
      const outside = sdk.version === '3' ? ['known', 'notParticipating'] : ['notParticipating']
      assert.ok(outside.includes(found.state().status), `status is ${found.state().status}`)
      assert.equal(found.state().type, 'public')
    }
    play.general.bob = await comeIn(play, bob)

    await alice.events.waitFor('memberJoined', { channel: play.general.alice.sid, identity: 'bob' })
    assert.equal(play.general.bob.state().status, 'joined')
    assert.deepEqual(play.general.bob.state().attributes, { topic: 'tea' })
    assert.deepEqual(await identities(play.general.bob), ['alice', 'bob'])
    assert.deepEqual(await identities(play.general.alice), ['alice', 'bob'])
  },
}

/** The actor gets into the general channel: by its own will, or added by alice where nobody can join by name. */
export async function comeIn({ general, sdk }: Play, actor: Actor): Promise<SdkChannel> {
  const { sid } = general.alice
  if (sdk.family === 'conversations') await general.alice.add(actor.identity)
  else await (await actor.channelByUniqueName('general')).join()
  await actor.events.waitFor('channelJoined', { channel: sid })
  await actor.settled()
  return actor.channel(sid)
}

export async function identities(channel: SdkChannel): Promise<string[]> {
  return (await channel.members()).map(({ identity }) => identity).sort()
}
