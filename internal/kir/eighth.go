package kir

// Exponentials take a power of two to an eighth from a table and the rest from a short
// polynomial (Tang, 1989): eight entries are what one AVX2 register holds.

// Eighths has the bits of the fraction of 2^(j/8), rounded to float32, less j·2^20: with
// (n + 8·127)·2^20 added they are the bits of 2^(n/8), for an n whose three lowest bits are
// j, as long as that is a normal number.
var Eighths = [8]uint32{
	0x00000000, 0xfffb95c2, 0xfff837f0, 0xfff5fed7,
	0xfff504f3, 0xfff5672a, 0xfff744fd, 0xfffac0c7,
}

// EighthRests has the bits of what 2^(j/8) rounded to float32 lacks, as a fraction of it.
var EighthRests = [8]uint32{
	0x00000000, 0xb24e0611, 0x33092801, 0xb3051aa8,
	0x329302ae, 0x31b3d0e5, 0xb27ce182, 0xb1d290be,
}
