//! Names of files that every system can store.

/// Whether Windows takes a file of this name, whatever its extension, for a device.
pub fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered =
        |device: &str| name.strip_prefix(device).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    matches!(name.as_str(), "aux" | "con" | "nul" | "prn") || numbered("com") || numbered("lpt")
}

/// A name as file systems compare it that do not tell capitals from small letters.
pub fn fold_case(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
