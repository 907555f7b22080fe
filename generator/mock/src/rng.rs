//! Chance that can be repeated: the same seed gives the same values on every machine.

/// A generator of numbers that look random (SplitMix64). Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Rng(pub u64);

impl Rng {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0 if there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// True in this share of all cases; `share` is from 0 to 1.
    pub fn chance(&mut self, share: f64) -> bool {
        // 53 bits are what a float holds.
        ((self.next() >> 11) as f64) < share * (1u64 << 53) as f64
    }
}
