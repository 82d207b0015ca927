import assert from 'node:assert/strict'
import type { Play, Step } from './scene.ts'

export const leaving: Step = {
  name: '13a bob leaves',
  async run({ alice, bob, general }) {
    const { sid } = general.alice
    await general.bob.leave()
    await bob.events.waitFor('channelLeft', { channel: sid })
    await alice.events.waitFor('memberLeft', { channel: sid, identity: 'bob' })
    await general.alice.send('bob is gone')
    await alice.events.waitFor('messageAdded', { channel: sid, body: 'bob is gone' })
    assert.deepEqual(bob.events.all('messageAdded', { body: 'bob is gone' }), [])
  },
}

export const refusals: Step = {
  name: '13b a unique name is taken only once; a deleted channel goes',
  async run({ alice, general, sdk }) {
    const error = await alice.createChannel({ uniqueName: 'lounge' }).then(
      () => assert.fail('the name was given twice'),
      (reason: unknown) => reason,
    )
    assert.equal(sdk.errorCode(error), 50307, `the error is ${JSON.stringify(error)} ${error}`)
    await general.alice.delete()
    await alice.events.waitFor('channelRemoved', { channel: general.alice.sid })
    assert.ok(!(await alice.subscribedChannels()).some(({ sid }) => sid === general.alice.sid))
  },
}

export const renewal: Step = {
  name: '13c a new token is taken; a device registers for push',
  async run(play) {
    const { alice } = play
    const since = alice.events.mark()
    await alice.updateToken(play.token('alice', { ttl: 7_200, pushCredentialSid: play.pushCredentialSid }))
    await alice.setPushRegistration('fcm', 'device-of-alice')
    assert.deepEqual(alice.events.all('connectionStateChanged', {}, since), [], 'the connection stays')
  },
}

export const expiry: Step = {
  name: '13d an expired token is refused',
  leavesRejections: true,
  async run(play) {
    const expired = play.token('bob', { ttl: -600 })
    if (play.sdk.hasConstructor) await expectDeniedStart(play, expired)
    else await assert.rejects(play.enter('bob', { token: expired }))
    if (play.sdk.family !== 'conversations') await expectDeniedRenewal(play, expired)
  },
}

const DENIED = { errorCode: 20104, terminal: true }

async function expectDeniedStart({ enter }: Play, token: string): Promise<void> {
  const { events } = await enter('bob', { token, construct: true })
  await events.waitFor('connectionStateChanged', { state: 'denied' })
  await events.waitFor('tokenExpired')
  await events.waitFor('connectionError', DENIED)
}

async function expectDeniedRenewal({ bob }: Play, token: string): Promise<void> {
  await assert.rejects(bob.updateToken(token))
  await bob.events.waitFor('connectionStateChanged', { state: 'denied' })
  await bob.events.waitFor('connectionError', DENIED)
}
