/** What kind of kernel a file is; the kinds that cannot run are called by their names. */
import { type Arm64Image, isArm64Image, parseArm64Image } from './arm64-image.ts'
import { type Elf, isElf, parseElf } from './elf.ts'
import { ImageError, Reader } from './reader.ts'

export type Kernel = ({ kind: 'image' } & Arm64Image) | ({ kind: 'elf' } & Elf) | { kind: 'flat' }

/** `[offset, bytes, what it is, what to do]`; the first that matches counts. */
const REFUSED: readonly (readonly [number, string, string, string])[] = [
  [0, '\x27\x05\x19\x56', 'it is a U-Boot uImage', 'use the Image that it was made from'],
  [0, '\xd0\x0d\xfe\xed', 'it is a device tree or a FIT image, not a kernel', 'name the kernel inside'],
  [0, 'ANDROID!', 'it is an Android boot image', 'unpack its kernel'],
  [0x202, 'HdrS', 'it is an x86 kernel (bzImage)', 'use an arm64 Image'],
  [0x24, '\x18\x28\x6f\x01', 'it is a 32-bit Arm kernel (zImage), and compressed', 'use an arm64 Image'],
  [0x38, 'RSC\x05', 'it is a RISC-V kernel', 'use an arm64 Image'],
  [0, '!<arch>\n', 'it is an archive of object files or a Debian package', 'name the kernel inside'],
  [0, '#!', 'it is a script', 'name a kernel'],
]

/** `placed`: the config gives a load address, so that a file without any header is a flat binary. */
export function inspectKernel(bytes: Uint8Array, placed: boolean): Kernel {
  if (bytes.length === 0) throw new ImageError('it is empty', 'get or build it again')
  if (isElf(bytes)) return { kind: 'elf', ...parseElf(bytes) }
  if (isArm64Image(bytes)) return { kind: 'image', ...parseArm64Image(bytes) }
  const file = new Reader(bytes)
  // Two or three bytes of a flat binary may look like anything.
  const certain = placed ? REFUSED.filter(([, magic]) => magic.length > 3) : REFUSED
  const refused = certain.find(([at, magic]) => file.has(at, magic))
  if (refused) throw new ImageError(refused[2], refused[3])
  if (placed) return { kind: 'flat' }
  if (file.has(0, 'MZ')) throw new ImageError('it is an EFI program, not an arm64 Image', 'use the plain Image')
  throw new ImageError(
    'it is neither an arm64 Image nor an ELF file',
    "say where it goes: kernel: { file: '...', load: 0x4008_0000, entry: 0x4008_0000 }",
  )
}
