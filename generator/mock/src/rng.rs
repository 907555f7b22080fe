//! A seeded random number generator. The same seed results in the same numbers on every machine.

/// A pseudorandom number generator (SplitMix64). It is not suitable for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Rng(pub u64);

impl Rng {
    /// Returns the next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, or 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// Returns `true` with the given probability, which is a number from 0 to 1.
    pub fn chance(&mut self, probability: f64) -> bool {
        // An `f64` represents integers of 53 bits exactly, so keep only the upper 53 bits.
        ((self.next() >> 11) as f64) < probability * (1u64 << 53) as f64
    }
}
