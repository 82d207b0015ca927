// The server's clock, for tests of dates.
import type { TestServer } from './server.ts'

/** From now on the server's time stands still at this instant. */
export function setClock(server: TestServer, instant: string): void {
  const milliseconds = Date.parse(instant)
  server.app.chat.now = () => milliseconds
}
