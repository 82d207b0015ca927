// How much one client may use up.
import { type RealtimeSettings, realtimeDefaults } from '../realtime/settings.ts'
import { parseInteger, type Setting } from './setting.ts'

export function readRealtime(setting: Setting): RealtimeSettings {
  const count = (name: string, fallback: number, min: number, max: number) =>
    setting(name, fallback, `a number from ${min} to ${max}`, (text) => parseInteger(text, min, max))
  return {
    frameBytes: count('PARLEY_MAX_FRAME_BYTES', realtimeDefaults.frameBytes, 65_536, 104_857_600),
    requestsInFlight: count('PARLEY_MAX_REQUESTS_IN_FLIGHT', realtimeDefaults.requestsInFlight, 1, 1_000_000),
    subscriptions: count('PARLEY_MAX_SUBSCRIPTIONS', realtimeDefaults.subscriptions, 1, 1_000_000),
    connectionsPerUser: count(
      'PARLEY_MAX_CONNECTIONS_PER_USER',
      realtimeDefaults.connectionsPerUser,
      1,
      1_000_000,
    ),
    silentConnections: count(
      'PARLEY_MAX_SILENT_CONNECTIONS',
      realtimeDefaults.silentConnections,
      1,
      1_000_000,
    ),
    queueBytes: count('PARLEY_MAX_QUEUE_BYTES', realtimeDefaults.queueBytes, 65_536, 1_073_741_824),
  }
}
