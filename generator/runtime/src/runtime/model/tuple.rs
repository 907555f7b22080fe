//! Decodes arrays with a fixed number of items.

use super::from_json::Slot;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch};

macro_rules! tuples {
    ($($size:literal: $($ty:ident $value:ident),+;)*) => { $(
        impl<$($ty: FromJson),+> FromJson for ($($ty,)+) {
            const EXPECTED: &'static str = concat!("a tuple of size ", $size);

            fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
                $(let mut $value: Option<$ty> = None;)+
                read_tuple(json, &mut [$(&mut $value),+], decoding)?;
                match ($($value,)+) {
                    ($(Some($value),)+) => Ok(($($value,)+)),
                    _ => Err(Mismatch::default()),
                }
            }
        }
    )* };
}
tuples! {
    1: A a;
    2: A a, B b;
    3: A a, B b, C c;
    4: A a, B b, C c, D d;
    5: A a, B b, C c, D d, E e;
    6: A a, B b, C c, D d, E e, F f;
    7: A a, B b, C c, D d, E e, F f, G g;
    8: A a, B b, C c, D d, E e, F f, G g, H h;
    9: A a, B b, C c, D d, E e, F f, G g, H h, I i;
    10: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j;
    11: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k;
    12: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l;
}

/// Decodes an array with one item for each slot.
fn read_tuple(json: JsonNode<'_>, slots: &mut [&mut dyn Slot], decoding: &mut Decoding) -> Result<(), Mismatch> {
    let JsonNode::Array(items) = json else { return Err(Mismatch::default()) };
    for slot in slots {
        if !items.next(&mut **slot, decoding)? {
            return Err(Mismatch::rejected());
        }
    }
    // A further item makes the array too long, whatever its type is.
    match items.next(&mut None::<Ignored>, decoding)? {
        true => Err(Mismatch::rejected()),
        false => Ok(()),
    }
}

/// A value of any type, which is dropped.
struct Ignored;

impl FromJson for Ignored {
    const EXPECTED: &'static str = "any value";
    const NEEDS_TEXT: bool = true;

    fn from_json(_: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}
