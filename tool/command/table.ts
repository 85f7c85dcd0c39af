/** The commands by name; each is loaded only when it is wanted. */
import type { CommandDef } from 'citty'

// biome-ignore lint/suspicious/noExplicitAny: citty's own type for commands of any options
export type AnyCommand = CommandDef<any>
export type CommandTable = Record<string, AnyCommand>

const LOADERS: Record<string, () => Promise<{ default: AnyCommand }>> = {
  demo: () => import('./demo.ts'),
  run: () => import('./run.ts'),
  build: () => import('./build.ts'),
  image: () => import('./image.ts'),
  flash: () => import('./flash.ts'),
  check: () => import('./check.ts'),
  selftest: () => import('./selftest.ts'),
  ps: () => import('./ps.ts'),
  logs: () => import('./logs.ts'),
  console: () => import('./console.ts'),
  start: () => import('./start.ts'),
  stop: () => import('./stop.ts'),
  restart: () => import('./restart.ts'),
  pause: () => import('./pause.ts'),
  resume: () => import('./resume.ts'),
  events: () => import('./events.ts'),
  top: () => import('./top.ts'),
  explain: () => import('./explain.ts'),
  gdb: () => import('./gdb.ts'),
  inspect: () => import('./inspect.ts'),
  setup: () => import('./setup.ts'),
  completion: () => import('./completion.ts'),
}

export const COMMAND_NAMES = Object.keys(LOADERS)

export async function loadCommand(name: string): Promise<AnyCommand | undefined> {
  return Object.hasOwn(LOADERS, name) ? (await LOADERS[name]!()).default : undefined
}

export async function loadAll(): Promise<CommandTable> {
  const entries = COMMAND_NAMES.map(async (name) => [name, (await loadCommand(name))!] as const)
  return Object.fromEntries(await Promise.all(entries))
}
