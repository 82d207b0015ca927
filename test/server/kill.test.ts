// The process dies in the middle of its work: what was answered is there, and everything still adds up.
import { watch } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ENGINES, givenDatabase, type TestDatabase } from '../support/databases.ts'
import { readCounters } from '../support/integrity.ts'
import { holdLock, sessionsAppear, sessionsGone } from '../support/postgres-admin.ts'
import { type ParleyProcess, serve } from '../support/process.ts'
import { officialClient } from '../support/server.ts'
import { openExisting } from '../support/stores.ts'
import { type Crew, givenCrew } from '../support/writers.ts'

const KILLS_AFTER_ANSWERS = [90, 170, 250]
/** Many processes start, one after the other. */
const PATIENCE = { timeout: 120_000 }

describe.each(ENGINES)('%s', (engine) => {
  test(
    'what was answered before kill -9 is there afterwards, without gaps, and all counters are right',
    PATIENCE,
    async () => {
      await using database = await givenDatabase(engine)
      let crew: Crew | undefined
      let serviceSid = ''
      for (const answers of [...KILLS_AFTER_ANSWERS, null]) {
        await using parley = serve(database, { LOG_LEVEL: 'silent' })
        const { services } = officialClient((await parley.listening()).url).chat.v2
        serviceSid ||= (await services.create({ friendlyName: 'kill' })).sid
        crew ??= await givenCrew(services(serviceSid), 4)
        await crew.verify(services(serviceSid))
        await expectRightCounters(database)
        if (answers === null) return
        let answered = 0
        await crew.write(services(serviceSid), () => {
          if (++answered === answers) parley.kill('SIGKILL')
        })
        expect(await parley.exit).toEqual({ code: null, signal: 'SIGKILL' })
        if (engine === 'postgres') await sessionsGone(database)
      }
    },
  )
})

test(
  'a SQLite start that is killed at any moment does not keep the next one from starting',
  PATIENCE,
  async () => {
    await using database = await givenDatabase('sqlite')
    for (const change of [1, 2, 3, 4, 6, 8]) {
      await using parley = serve(database)
      const reached = changeOf(database, change)
      await Promise.race([reached.promise, parley.listening()])
      parley.kill('SIGKILL')
      await parley.exit
      reached.stop()
    }

    await expectToServe(database)
  },
)

test(
  'a PostgreSQL start that is killed in the middle of a migration does not keep the next one from starting',
  PATIENCE,
  async () => {
    await using database = await givenDatabase('postgres')
    await using atOnce = serve(database)
    await sessionsAppear(database)
    atOnce.kill('SIGKILL')
    await atOnce.exit
    await sessionsGone(database)
    {
      await using lock = await holdLock(database, 'create table channels (sid text)')
      await using halfway = serve(database)
      await lock.waiters(1)
      halfway.kill('SIGKILL')
      expect(await halfway.exit).toEqual({ code: null, signal: 'SIGKILL' })
    }

    await expectToServe(database)
  },
)

/** Resolves with the nth change in the folder of the database. */
function changeOf({ url }: TestDatabase, nth: number): { promise: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let changes = 0
  const watcher = watch(dirname(url.replace('sqlite:', '')), () => {
    if (++changes === nth) resolve()
  })
  return { promise, stop: () => watcher.close() }
}

async function expectToServe(database: TestDatabase): Promise<void> {
  await using parley: ParleyProcess = serve(database)
  const { services } = officialClient((await parley.listening()).url).chat.v2
  const { sid } = await services.create({ friendlyName: 'alive' })
  const channel = await services(sid).channels.create()
  await services(sid).channels(channel.sid).members.create({ identity: 'alice' })
  expect(await services(sid).channels(channel.sid).messages.create({ body: 'hi' })).toMatchObject({
    index: 0,
  })
  await expectRightCounters(database)
}

async function expectRightCounters(database: TestDatabase): Promise<void> {
  const db = await openExisting(database)
  const { kept, counted } = await readCounters(db)
  await db.close()
  expect(kept).toEqual(counted)
}
