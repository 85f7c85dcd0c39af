/** Registers of a virtio device on a memory bus. Virtio 1.2, "MMIO Device Register Layout". */

export const MagicValue: u32 = 0x000
export const Version: u32 = 0x004
export const DeviceID: u32 = 0x008
export const VendorID: u32 = 0x00c
export const DeviceFeatures: u32 = 0x010
export const DeviceFeaturesSel: u32 = 0x014
export const DriverFeatures: u32 = 0x020
export const DriverFeaturesSel: u32 = 0x024
export const QueueSel: u32 = 0x030
export const QueueNumMax: u32 = 0x034
export const QueueNum: u32 = 0x038
export const QueueReady: u32 = 0x044
export const QueueNotify: u32 = 0x050
export const InterruptStatus: u32 = 0x060
export const InterruptACK: u32 = 0x064
export const Status: u32 = 0x070
export const QueueDescLow: u32 = 0x080
export const QueueDescHigh: u32 = 0x084
export const QueueDriverLow: u32 = 0x090
export const QueueDriverHigh: u32 = 0x094
export const QueueDeviceLow: u32 = 0x0a0
export const QueueDeviceHigh: u32 = 0x0a4
export const SHMLenLow: u32 = 0x0b0
export const SHMBaseHigh: u32 = 0x0bc
export const QueueReset: u32 = 0x0c0
export const ConfigGeneration: u32 = 0x0fc
export const Config: u32 = 0x100

/** InterruptStatus: a used buffer; a change of the device's configuration. */
export const USED_BUFFER: u32 = 1
export const CONFIGURATION_CHANGE: u32 = 2

/** "virt", and the only version that is not legacy. */
export const MAGIC: u32 = 0x7472_6976
export const VERSION_2: u32 = 2
/** "BHKD": ours. */
export const VENDOR: u32 = 0x444b_4842
