/** Images in the bundle: where each lies, and its hash (doc/bundle.md). Boot only; returns what is wrong, or '' if nothing is. */
import * as fdt from '../lib/fdt'
import { equals } from '../lib/text'
import { bundlePa, bundleSize } from './machine'
import { Load } from './vm-part'

export const HASH_CRC32: u32 = 1
export const HASH_SHA256: u32 = 2

/** The image that `node` names, one of `images`, in the bundle's tree of `treeSize` bytes. */
export function findImage(load: Load, tree: usize, treeSize: u32, node: usize, images: usize): string {
  const image = imageNode(tree, node, images)
  if (!image) return 'the bundle lacks an image that it names'
  const offset = fdt.cell(tree, image, 'data-offset', 0, u32.MAX_VALUE)
  const length = fdt.cell(tree, image, 'data-size', 0, 0)
  const data = <u64>((treeSize + 3) & ~3) + <u64>offset
  if (!length || offset == u32.MAX_VALUE || data + <u64>length > bundleSize) return 'the bundle is truncated'
  load.pa = bundlePa + data
  load.length = <u64>length
  return readHash(load, tree, image)
}

function imageNode(tree: usize, node: usize, images: usize): usize {
  const name = fdt.property(tree, node, 'image')
  if (!name) return 0
  const size = fdt.propertySize(name)
  return size ? fdt.childNamed(tree, images, fdt.propertyData(name), size - 1) : 0
}

function readHash(load: Load, tree: usize, image: usize): string {
  for (let node = fdt.firstChild(tree, image); node; node = fdt.nextSibling(tree, node)) {
    const algorithm = fdt.property(tree, node, 'algo')
    const value = fdt.property(tree, node, 'value')
    if (!algorithm || !value) continue
    const limit = fdt.propertyData(algorithm) + fdt.propertySize(algorithm)
    if (equals(fdt.propertyData(algorithm), limit, 'crc32') && fdt.propertySize(value) == 4) {
      load.hashKind = HASH_CRC32
      load.crc = fdt.word(fdt.propertyData(value))
      return ''
    }
    if (equals(fdt.propertyData(algorithm), limit, 'sha256') && fdt.propertySize(value) == 32) {
      load.hashKind = HASH_SHA256
      memory.copy(changetype<usize>(load) + offsetof<Load>('sha0'), fdt.propertyData(value), 32)
      return ''
    }
  }
  return 'an image has no crc32 or sha256 hash'
}
