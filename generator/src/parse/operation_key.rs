//! The keys of operations in a path item.

use serde_json::Value;

use crate::ir::Method;
use crate::source::Pointer;

/// The keyword of a path item with the operations of methods that have no keyword of their own.
pub const ADDITIONAL_OPERATIONS: &str = "additionalOperations";

/// The location of an operation in its path item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationKey {
    /// The keyword of a method, such as `get`.
    Keyword(&'static str),
    /// A method in `additionalOperations`, as it is sent.
    Additional(String),
    /// All operations of a path item that does not exist or cannot be read.
    Unknown,
}

impl OperationKey {
    /// The keywords of methods.
    const KEYWORDS: [&'static str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    /// Returns the key for the keyword of a method, such as `get`.
    pub fn from_keyword(keyword: &str) -> Self {
        Self::of(&Method::from_name(&keyword.to_ascii_uppercase()))
    }

    /// Returns the key of the operation for a method.
    pub fn of(method: &Method) -> Self {
        let keyword = Self::KEYWORDS.into_iter().find(|keyword| keyword.to_ascii_uppercase() == method.as_str());
        keyword.map_or_else(|| Self::Additional(method.as_str().to_owned()), Self::Keyword)
    }

    /// Returns the location of the operation in the path item at `item`.
    pub fn location(&self, item: &Pointer) -> Pointer {
        match self {
            Self::Keyword(keyword) => item.child(keyword),
            Self::Additional(method) => item.child(ADDITIONAL_OPERATIONS).child(method),
            Self::Unknown => item.child("$ref"),
        }
    }

    /// Returns the method, unless the operation is unknown.
    pub fn method(&self) -> Option<Method> {
        match self {
            Self::Keyword(keyword) => Some(Method::from_name(&keyword.to_ascii_uppercase())),
            Self::Additional(method) => Some(Method::from_name(method)),
            Self::Unknown => None,
        }
    }

    /// Returns the keyword, or the method in `additionalOperations`. Returns an empty string for an unknown operation.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Keyword(keyword) => keyword,
            Self::Additional(method) => method,
            Self::Unknown => "",
        }
    }

    /// Returns the keys of the operations of a path item. The keywords come first, in a fixed order.
    pub fn all(item: &Value) -> Vec<Self> {
        let keywords = Self::KEYWORDS.into_iter().filter(|keyword| item.get(keyword).is_some()).map(Self::Keyword);
        let additional = item.get(ADDITIONAL_OPERATIONS).and_then(Value::as_object).into_iter().flatten();
        let additional = additional.filter(|(method, _)| !method.starts_with("x-"));
        keywords.chain(additional.map(|(method, _)| Self::Additional(method.clone()))).collect()
    }

    /// Removes an operation from a copy of its path item.
    pub fn remove_from(&self, item: &mut serde_json::Map<String, Value>) {
        match self {
            Self::Keyword(keyword) => drop(item.shift_remove(*keyword)),
            Self::Additional(method) => {
                if let Some(Value::Object(operations)) = item.get_mut(ADDITIONAL_OPERATIONS) {
                    operations.shift_remove(method);
                }
            }
            Self::Unknown => {}
        }
    }
}
