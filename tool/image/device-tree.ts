/** Device trees as bytes: compiled by dtc, or a file of the user's. */
import { ImageError, Reader } from './reader.ts'
import { runTool } from './run-tool.ts'
import { takeSeeds } from './seed.ts'

const MAGIC = 0xd00dfeed
const HEADER_SIZE = 40

/** Compiles device-tree text; a warning is an error, for we write the text. */
export async function compileDts(dts: string): Promise<Uint8Array> {
  const { stdout, stderr } = await runTool('dtc', ['-I', 'dts', '-O', 'dtb', '-'], { input: dts })
  if (stderr.trim()) throw new Error(`dtc warns about a generated tree:\n${stderr}`)
  return stdout
}

/** Whether a user's file is a whole DTB; what stands in it is theirs, but for seeds that it leaves to us. */
export function checkDtbFile(bytes: Uint8Array): void {
  const file = new Reader(bytes)
  if (file.has(0, '/dts-v1/')) {
    throw new ImageError('it is device-tree text', 'compile it: dtc -I dts -O dtb -o FILE.dtb FILE.dts')
  }
  if (file.length < HEADER_SIZE || file.u32be(0) !== MAGIC) {
    throw new ImageError('it is no device tree (wrong magic)', 'name a .dtb file that dtc made')
  }
  if (file.u32be(4) > file.length) {
    throw new ImageError(`it has ${file.length} of ${file.u32be(4)} bytes`, 'get or build it again')
  }
  takeSeeds(bytes)
}
