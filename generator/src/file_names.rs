//! File names that every operating system accepts.

/// Returns whether Windows treats a file of this name, with any extension, as a device.
pub fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_numbered =
        |device: &str| name.strip_prefix(device).is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']));
    matches!(name.as_str(), "aux" | "con" | "nul" | "prn") || is_numbered("com") || is_numbered("lpt")
}

/// Returns a form of a name that is equal for names that differ only in upper and lower case. Some file systems do
/// not distinguish such names.
pub fn fold_case(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
