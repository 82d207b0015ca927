import assert from 'node:assert/strict'
import type { SdkChannel, SdkPage } from '../adapters/sdk.ts'
import { comeIn } from './02-join.ts'
import type { Step } from './scene.ts'

export const MESSAGES = 35
const PAGE = 10
const ANCHOR = 10

export const history: Step = {
  name: '6 35 messages are paged the same by who saw them come and by who comes later',
  async run(play) {
    const { alice, bob, general } = play
    for (let index = 2; index < MESSAGES; index++) await general.alice.send(`m${index}`, {})
    await bob.events.waitFor('messageAdded', { index: MESSAGES - 1 })
    await alice.events.waitFor('messageAdded', { index: MESSAGES - 1 })
    const added = bob.events.all('messageAdded').map(({ index }) => index)
    assert.deepEqual(added, range(0, MESSAGES), 'bob sees each message once and in order')

    await expectHistory(general.alice)
    play.carol = await play.enter('carol')
    general.carol = await comeIn(play, play.carol)
    await expectHistory(general.carol)
  },
}

async function expectHistory(channel: SdkChannel): Promise<void> {
  const newest = await channel.messages(PAGE)
  assert.deepEqual(indexes(newest), range(25, 35))
  assert.equal(newest.hasNext, false, 'nothing is newer than the newest page')
  let page = newest
  let seen = indexes(page)
  for (let turns = 0; page.hasPrev && turns < MESSAGES; turns++) {
    page = await page.prev()
    seen = [...indexes(page), ...seen]
  }
  assert.deepEqual(seen, range(0, MESSAGES), 'the pages backwards hold everything once')
  assert.equal(page.hasPrev, false)
  const forward = await channel.messages(PAGE, ANCHOR, 'forward')
  assert.deepEqual(indexes(forward), range(ANCHOR, ANCHOR + PAGE))
  assert.deepEqual(indexes(await forward.next()), range(ANCHOR + PAGE, ANCHOR + 2 * PAGE))
}

export function indexes({ items }: SdkPage): number[] {
  return items.map(({ index }) => index)
}

/** From `first` up to `end`, which is not in it. */
export function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i)
}
