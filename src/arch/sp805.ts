/** SP805 watchdog registers. DDI 0270 "Programmer's Model". */

export const WdogLoad: u32 = 0x000
export const WdogValue: u32 = 0x004
export const WdogControl: u32 = 0x008
export const WdogIntClr: u32 = 0x00c
export const WdogRIS: u32 = 0x010
export const WdogMIS: u32 = 0x014
export const WdogLock: u32 = 0xc00
export const WdogPeriphID0: u32 = 0xfe0

/** WdogControl: the counter runs and may interrupt; its second zero resets. */
export const INTEN: u32 = 1
export const RESEN: u32 = 2
/** What opens the other registers for writes, written to WdogLock. */
export const UNLOCK: u32 = 0x1acc_e551
