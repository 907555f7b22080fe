//! Formats calls of the runtime's macros, because rustfmt does not format the arguments of a macro.

use std::fmt::{self, Display, Formatter};

/// The maximum length of a line.
const MAX_LINE_LEN: usize = 100;

/// A call of a macro, such as `name!(Type { items } tail);`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroCall(MacroArgument);

/// An argument of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MacroArgument {
    /// Text that stays on one line.
    Text(String),
    /// A list of items in braces. If the list does not fit on one line, each item is on a line of its own.
    List {
        /// The text before the braces.
        before: String,
        /// The items between the braces.
        items: Vec<MacroArgument>,
        /// The text after the braces.
        after: String,
    },
}

impl MacroCall {
    /// Returns a call with a single argument.
    pub fn with_argument(name: &str, argument: impl Display) -> Self {
        Self(MacroArgument::Text(format!("{name}!({argument});")))
    }

    /// Returns a call for a type. The call has items in braces, and `tail` after the braces.
    pub fn list<P: Into<MacroArgument>>(name: &str, ty: &str, items: impl IntoIterator<Item = P>, tail: &str) -> Self {
        Self(MacroArgument::list(format!("{name}!({ty}"), items, format!("{tail});")))
    }

    /// Replaces a text in all arguments.
    pub fn replace(&mut self, from: &str, to: &str) {
        self.0.replace(from, to);
    }

    /// Returns the name of the macro.
    pub fn macro_name(&self) -> &str {
        self.name().split('!').next().unwrap_or_default()
    }

    /// Returns the beginning of the call with the names of the macro and the type.
    pub fn name(&self) -> &str {
        match &self.0 {
            MacroArgument::Text(text) | MacroArgument::List { before: text, .. } => text,
        }
    }
}

impl MacroArgument {
    /// Returns a list of items in braces.
    pub fn list<P: Into<Self>>(
        before: impl Into<String>,
        items: impl IntoIterator<Item = P>,
        after: impl Into<String>,
    ) -> Self {
        let items = items.into_iter().map(Into::into).collect();
        Self::List { before: before.into(), items, after: after.into() }
    }

    fn replace(&mut self, from: &str, to: &str) {
        match self {
            Self::Text(text) => *text = text.replace(from, to),
            Self::List { before, items, after } => {
                *before = before.replace(from, to);
                items.iter_mut().for_each(|part| part.replace(from, to));
                *after = after.replace(from, to);
            }
        }
    }

    fn one_line(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List { before, items, after } if items.is_empty() => format!("{before} {{}}{after}"),
            Self::List { before, items, after } => {
                let items: Vec<String> = items.iter().map(Self::one_line).collect();
                format!("{before} {{ {} }}{after}", items.join(", "))
            }
        }
    }

    fn write(&self, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        let (line, indent) = (self.one_line(), 4 * depth);
        write!(f, "{:indent$}", "")?;
        match self {
            Self::List { before, items, after } if indent + line.len() > MAX_LINE_LEN && !items.is_empty() => {
                writeln!(f, "{before} {{")?;
                for item in items {
                    item.write(f, depth + 1)?;
                    writeln!(f, ",")?;
                }
                write!(f, "{:indent$}}}{after}", "")
            }
            _ => f.write_str(&line),
        }
    }
}

impl From<String> for MacroArgument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Display for MacroCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.write(f, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{MacroArgument, MacroCall};

    #[test]
    fn a_list_that_fits_is_on_one_line() {
        let call = MacroCall::list("impl_string_enum", "State", ["On => \"on\"".to_owned()], " else Unknown");
        assert_eq!(call.to_string(), "impl_string_enum!(State { On => \"on\" } else Unknown);");
        let none = MacroCall::list("impl_deserialize", "Empty", Vec::<String>::new(), "");
        assert_eq!(none.to_string(), "impl_deserialize!(Empty {});");
    }

    #[test]
    fn the_outermost_list_is_broken_first() {
        let long = |name: &str| format!("{name}: \"{}\"", "x".repeat(45));
        let inner = MacroArgument::list("Cat: Object", [long("a"), long("b")], "");
        let outer =
            MacroCall::list("impl_union", "Pet", [MacroArgument::list("Dog: Object", [long("a")], ""), inner], "");
        let x = "x".repeat(45);
        let expected = [
            "impl_union!(Pet {".to_owned(),
            format!("    Dog: Object {{ a: \"{x}\" }},"),
            "    Cat: Object {".to_owned(),
            format!("        a: \"{x}\","),
            format!("        b: \"{x}\","),
            "    },".to_owned(),
            "});".to_owned(),
        ];
        assert_eq!(outer.to_string(), expected.join("\n"));
    }
}
