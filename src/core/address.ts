/** Physical addresses as EL2 sees them. */
import { DEVICE_VA, DIRECT_VA, IMAGE_VA } from '../abi/layout'
import * as hw from '../hw'

/** Where the image was loaded. Boot only. */
let imagePa: u64 = 0
/** The direct map stands; until then only the image itself can be reached. Boot only. */
let direct = false

export function setImage(pa: u64): void {
  imagePa = pa
}

export function imageStart(): u64 {
  return imagePa
}

export function directMapStands(stands: bool): void {
  direct = stands
}

export function hasDirectMap(): bool {
  return direct
}

export function directVa(pa: u64): u64 {
  return direct ? DIRECT_VA + pa : IMAGE_VA + (pa - imagePa)
}

export function deviceVa(pa: u64): u64 {
  return DEVICE_VA + pa
}

/** The physical address of something in the image, by its offset from the image's start. */
export function imagePaAt(offset: u64): u64 {
  return imagePa + offset
}

export function imageEnd(): u64 {
  return imagePa + hw.image_size()
}
