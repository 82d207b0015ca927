// Builds the web console into console/dist. Runs at install, so that the first start needs no further command.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** False after an install without development packages: the server then says that its console is missing. */
function canBuild(): boolean {
  try {
    createRequire(import.meta.url).resolve('vite')
    return true
  } catch {
    return false
  }
}

if (canBuild()) {
  const { build } = await import('vite')
  await build({ configFile: join(root, 'console/vite.config.ts'), logLevel: 'warn' })
} else {
  console.log('The console is not built: that needs the development packages.')
}
