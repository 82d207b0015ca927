// One version of an SDK through the whole scenario, in a process of its own:
//   node test/sdk/run-scenario.ts --version 6 --url http://127.0.0.1:PORT --large IS…
//   node test/sdk/run-scenario.ts --version 6 --url http://127.0.0.1:PORT --media
// The server's credentials come from the environment, as the server itself takes them. Ends with 0, or with 1 and a
// report of the step, what was seen and the last frames.
import { parseArgs } from 'node:util'
import { loadSdk } from './adapters/versions.ts'
import { givenPushCredential, givenQuickService } from './large-service.ts'
import { openStage, type Play } from './scenario/scene.ts'
import { MEDIA_STEPS, STEPS } from './scenario/steps.ts'

const { values } = parseArgs({
  options: {
    version: { type: 'string' },
    url: { type: 'string' },
    large: { type: 'string' },
    media: { type: 'boolean' },
  },
})
const { version = '', url = '', large = '' } = values

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))
process.on('uncaughtException', (error) => unhandled.push(error))

async function main(): Promise<void> {
  const sdk = loadSdk(version)
  const serviceSid = await givenQuickService(url, process.env)
  const stage = openStage({ sdk, url, env: process.env, serviceSid })
  const pushCredentialSid = await givenPushCredential(url, process.env)
  const play = { ...stage, largeServiceSid: large, pushCredentialSid } as Play
  for (const { name, run, leavesRejections } of values.media ? MEDIA_STEPS : STEPS) {
    const started = performance.now()
    try {
      await run(play)
      if (unhandled.length > 0 && !leavesRejections) throw new Error('The SDK threw where nobody catches')
    } catch (error) {
      report(name, error, stage.traces())
    }
    console.log(`${Math.round(performance.now() - started)} ms  ${name}`)
  }
  await stage[Symbol.asyncDispose]()
}

function report(step: string, error: unknown, traces: string): never {
  console.error(traces)
  for (const reason of unhandled) console.error('unhandled:', reason)
  console.error(`version ${version}, step ${step}:\n`, error)
  process.exit(1)
}

main().then(
  () => process.exit(0),
  (error) => report('outside of the steps', error, ''),
)
