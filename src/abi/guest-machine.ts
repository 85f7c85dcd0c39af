/** The machine that a guest finds: QEMU `virt`'s memory map and interrupt numbers, so that what boots there boots here. */

export const FLASH_IPA = 0x0000_0000
export const FLASH_SIZE = 0x0800_0000
export const GICD_IPA = 0x0800_0000
export const GICD_SIZE = 0x1_0000
/** GICv2 only: the GIC virtual CPU interface is mapped here for the guest. */
export const GICC_IPA = 0x0801_0000
export const GICC_SIZE = 0x2000
/** GICv3 only: two 64 KiB frames (RD_base, SGI_base) for each vCPU. */
export const GICR_IPA = 0x080a_0000
export const GICR_STRIDE = 0x2_0000
export const UART_IPA = 0x0900_0000
export const RTC_IPA = 0x0901_0000
/** Where QEMU's `virt` has nothing: SP805. */
export const WATCHDOG_IPA = 0x090f_0000
/** 32 virtio-mmio slots; those that hold no device answer with device id 0. */
export const VIRTIO_IPA = 0x0a00_0000
export const VIRTIO_STRIDE = 0x200
export const VIRTIO_SLOTS = 32
export const DEVICE_SIZE = 0x1000
export const RAM_IPA = 0x4000_0000
/** One page with the stolen time of each vCPU (DEN 0057A), 64 bytes each; only in VMs that share a CPU. */
export const STOLEN_IPA = 0x090a_0000
export const STOLEN_STRIDE = 64

/** INTIDs. */
export const TIMER_VIRTUAL_INTID = 27
export const TIMER_PHYSICAL_INTID = 30
export const UART_INTID = 33
export const RTC_INTID = 34
export const WATCHDOG_INTID = 47
export const VIRTIO_INTID = 48
/** INTIDs below this exist in the guest's distributor (32 private, 256 shared). */
export const INTID_COUNT = 288
/** The clock that the guest's DTB states for its PL011 and its SP805, Hz. */
export const UART_CLOCK = 24_000_000
