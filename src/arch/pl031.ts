/** PL031 real time clock registers. DDI 0224 "Programmer's Model". */

export const RTCDR: u32 = 0x000
export const RTCMR: u32 = 0x004
export const RTCLR: u32 = 0x008
export const RTCCR: u32 = 0x00c
export const RTCIMSC: u32 = 0x010
export const RTCRIS: u32 = 0x014
export const RTCMIS: u32 = 0x018
export const RTCICR: u32 = 0x01c
export const RTCPeriphID0: u32 = 0xfe0
export const RTCPCellID3: u32 = 0xffc
