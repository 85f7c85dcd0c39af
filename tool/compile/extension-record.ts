/** What the list of extensions says of each. */
import type { ModuleName, ServiceName } from './model.ts'

export interface Extension {
  /** Place in this list is its number in src/abi/extension.ts. */
  name: string
  /** Services that are there altogether. */
  services: ServiceName[]
  /** Source files whose functions go there: `src/<file>`, all of a folder's with `*`, by the module that compiles them. */
  files: Partial<Record<ModuleName, string[]>>
  /** Exports of these modules that go there with them. */
  exports: Partial<Record<ModuleName, string[]>>
  /** The image and other extensions may call these exports, of these modules or all: they know that this one is there. */
  areExportsDoors?: boolean | ModuleName[]
  /** Functions that the image and other extensions may call, once they know that the extension is there; never inlined. */
  doors: Partial<Record<ModuleName, string[]>>
}
