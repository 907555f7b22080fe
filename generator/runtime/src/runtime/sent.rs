//! What models need that are sent as JSON: members that tell `null` from what is not there, and methods to set them.

use serde::{Deserialize, Deserializer};

/// Reads a member that is there, whatever it is: `null` too is something that was said.
///
/// # Errors
///
/// It is not of the type.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Gives a model a method for each member that it may be sent without, and one more where that may be `null`.
///
/// ```text
/// setters!(Pet { with_age(age: i64), with_tags(tags: list into String), with_nick(nick: null null_nick into String) });
/// ```
#[allow(unused_macros, reason = "an API may have no such members")]
macro_rules! setters {
    ($model:ident { $($set:ident($($how:tt)+)),* $(,)? }) => {
        impl $model { $(setters!(@member $set $($how)+);)* }
    };
    (@member $set:ident $field:ident: null $null:ident $($how:tt)+) => {
        setters!(@set [Some] $set $field $($how)+);
        #[doc = concat!("Says that [`", stringify!($field), "`](field@Self::", stringify!($field), ") is `null`.")]
        #[must_use]
        pub fn $null(mut self) -> Self {
            self.$field = Some(None);
            self
        }
    };
    (@member $set:ident $field:ident: $($how:tt)+) => { setters!(@set [] $set $field $($how)+); };
    (@set $wrap:tt $set:ident $field:ident list into $item:ty) => {
        setters!(@method $wrap $set $field [impl IntoIterator<Item = impl Into<$item>>] |list|
            list.into_iter().map(Into::into).collect());
    };
    (@set $wrap:tt $set:ident $field:ident list $item:ty) => {
        setters!(@method $wrap $set $field [impl IntoIterator<Item = $item>] |list| list.into_iter().collect());
    };
    (@set $wrap:tt $set:ident $field:ident into $ty:ty) => {
        setters!(@method $wrap $set $field [impl Into<$ty>] |value| value.into());
    };
    (@set $wrap:tt $set:ident $field:ident $ty:ty) => {
        setters!(@method $wrap $set $field [$ty] |value| value);
    };
    (@method [$($wrap:ident)?] $set:ident $field:ident [$($takes:tt)+] |$value:ident| $become:expr) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $set(mut self, $value: $($takes)+) -> Self {
            self.$field = Some(setters!(@wrap [$($wrap)?] $become));
            self
        }
    };
    (@wrap [] $value:expr) => { $value };
    (@wrap [Some] $value:expr) => { Some($value) };
}
