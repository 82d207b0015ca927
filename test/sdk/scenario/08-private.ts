import assert from 'node:assert/strict'
import type { SdkChannel } from '../adapters/sdk.ts'
import { identities } from './02-join.ts'
import type { Play, Step } from './scene.ts'

export const privateChannel: Step = {
  name: '10 a private channel: invited, declined, joined, added, removed',
  async run(play) {
    const { alice, bob, carol } = play
    const channel = await alice.createChannel({ isPrivate: true, friendlyName: 'Secret' })
    const { sid } = channel
    await channel.join()
    await alice.events.waitFor('channelJoined', { channel: sid })
    await alice.settled()
    if (channel.invitations) await declineAndAccept(play, channel)
    else await channel.add('bob')
    await bob.events.waitFor('channelJoined', { channel: sid })
    await bob.settled()
    await alice.events.waitFor('memberJoined', { channel: sid, identity: 'bob' })

    await channel.add('carol')
    await carol.events.waitFor('channelJoined', { channel: sid })
    await bob.events.waitFor('memberJoined', { channel: sid, identity: 'carol' })
    await carol.settled()
    await channel.send('between us')
    await carol.events.waitFor('messageAdded', { channel: sid, index: 0 })
    await channel.removeMember('carol')
    await carol.events.waitFor('channelLeft', { channel: sid })
    await carol.events.waitFor('channelRemoved', { channel: sid })
    await bob.events.waitFor('memberLeft', { channel: sid, identity: 'carol' })
    await channel.send('without carol')
    await bob.events.waitFor('messageAdded', { channel: sid, index: 1 })

    assert.deepEqual(await identities(channel), ['alice', 'bob'])
    assert.deepEqual(carol.events.all('messageAdded', { channel: sid, index: 1 }), [])
    assert.ok(!(await carol.subscribedChannels()).some((one) => one.sid === sid))
  },
}

async function declineAndAccept({ bob }: Play, { sid, invitations }: SdkChannel): Promise<void> {
  await invitations?.invite('bob')
  await bob.events.waitFor('channelInvited', { channel: sid })
  await bob.settled()
  const invited = await bob.channel(sid)
  assert.equal(invited.state().status, 'invited')
  await invited.invitations?.decline()
  await bob.events.waitFor('channelRemoved', { channel: sid })
  const since = bob.events.mark()
  await invitations?.invite('bob')
  await bob.events.waitFor('channelInvited', { channel: sid }, undefined, since)
  await bob.settled()
  await (await bob.channel(sid)).join()
}
