/** PL031 real time clock registers. DDI 0224 "Programmer's Model". */

export const RTCDR = 0x000
export const RTCMR = 0x004
export const RTCLR = 0x008
export const RTCCR = 0x00c
export const RTCIMSC = 0x010
export const RTCRIS = 0x014
export const RTCMIS = 0x018
export const RTCICR = 0x01c
export const RTCPeriphID0 = 0xfe0
export const RTCPCellID3 = 0xffc
