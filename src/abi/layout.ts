/** Where EL2's virtual address space holds what; doc/memory.md draws it. Read by AssemblyScript, Node and, as a generated header, by assembly. */

export const PAGE_SHIFT = 12
export const PAGE_SIZE = 0x1000
export const BLOCK_SIZE = 0x20_0000

/** A compartment's slot: a 4 GiB window that its 32-bit addresses reach, then 4 GiB that nothing maps. */
export const SLOT_SHIFT = 33
/** Slot 0 is `core`, slot 1 `host`, slot 2 + i the `vmm` instance of VM i. */
export const HOST_SLOT = 1
export const VMM_SLOT = 2
/** Behind those of the VMs: SERVICE_SLOT + n of service n, `host` aside, which is service 0. */
export const SERVICE_SLOT = 18
/** A compartment's instance record (its Wasm globals) is the page below its slot, out of reach of every Wasm address. */
export const INSTANCE_BELOW = 0x1000
/** At the end of a vmm's instance page, three words that core writes: its VM's RAM as IPA, size in bytes, and EL2 address. */
export const INSTANCE_RAM = 0xfe0
/** Within `host`'s window: device page i of the board's console at WINDOW_DEVICE + i * PAGE_SIZE. */
export const WINDOW_DEVICE = 0xf000_0000
/** Within the window of a service that drives a device: memory that the device reaches too. */
export const WINDOW_DMA = 0xe000_0000

export const MAX_VMS = 16
export const MAX_VCPUS = 32
/** vCPUs of one VM: GICv2's target registers name eight. */
export const MAX_VM_VCPUS = 8
export const MAX_CPUS = 16
/** Network and socket devices of all VMs together. */
export const MAX_PORTS = 32
/** Disks of all VMs together that are on the board's storage. */
export const MAX_VOLUMES = 16

/** In core's window: one page for each VM, vCPU and CPU, mapped when it comes into use. */
export const VM_AT = 0x8_0000
export const VCPU_AT = 0x9_0000
export const CPU_AT = 0xb_0000
/** Two pages for each network or socket device. */
export const PORT_AT = 0xc_0000
export const PORT_SHIFT = 13
/** Pages for disks on the board's storage and the requests to them: src/core/volume.ts. */
export const VOLUME_AT = 0x10_0000
export const VOLUME_SIZE = 0x2000
/** Connections between VMs: 1 KiB for each two of them that are joined, 16 KiB for the one with the higher index. */
export const PAIR_AT = 0x14_0000
export const PAIR_SHIFT = 10
export const PAIRS_SHIFT = 14
/** In core's window, at boot only: the machine's DTB and the bundle's tree, read-only, two 2 MiB blocks each, one unmapped between. */
export const DTB_AT = 0x20_0000
export const BUNDLE_AT = 0x80_0000

/** The hypervisor's text, rodata, data: linked here, loaded anywhere. */
export const IMAGE_VA = 0x40_0000_0000
/** Pages for EL2's first tables, inside the image; later ones come from RAM. */
export const BOOT_TABLES = 16
/** Those that boot/entry.S itself fills. */
export const TABLES_AT_ENTRY = 6
/** Stacks: one for each CPU; the lower half of each stride stays unmapped. */
export const STACK_VA = 0x40_0008_0000
export const STACK_STRIDE = 0x4000
export const STACK_SIZE = 0x2000
/** Extensions: what the bundle brings of the hypervisor's own text is linked at EXTENSION_VA + number * EXTENSION_STRIDE. */
export const EXTENSION_VA = 0x40_0010_0000
export const EXTENSION_STRIDE = 0x1_0000
export const MAX_EXTENSIONS = 16
/** Devices, Device-nGnRnE, at DEVICE_VA + physical address. */
export const DEVICE_VA = 0x2000_0000_0000
/** RAM, Normal write-back, at DIRECT_VA + physical address. */
export const DIRECT_VA = 0x4000_0000_0000
