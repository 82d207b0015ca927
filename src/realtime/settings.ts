// What one client may use up (realtime-protocol.md §13.4), and how the server looks after its sockets.

export type RealtimeSettings = {
  /** Bytes of one message from a client. */
  frameBytes: number
  /** Requests of one connection that wait or run. A client with 1,000 channels starts with about 4,000. */
  requestsInFlight: number
  subscriptions: number
  connectionsPerUser: number
  /** Sockets of this process without a sign-in, done or under way: with more, the one that has been silent longest has to come back. */
  silentConnections: number
  /** Bytes that may wait for a client that reads slowly. */
  queueBytes: number
}

export const realtimeDefaults: RealtimeSettings = {
  frameBytes: 1_048_576,
  requestsInFlight: 10_000,
  subscriptions: 10_000,
  connectionsPerUser: 100,
  silentConnections: 10_000,
  queueBytes: 8_388_608,
}
