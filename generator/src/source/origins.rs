//! Records where nodes of a document come from if overlays have changed them.

use std::collections::HashMap;

use crate::source::Pointer;

/// The origins of the nodes of a document after its overlays.
///
/// It is a tree that has only the changed nodes and their parents. A node without an entry has the same key in the origin
/// of its parent.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    root: Mark,
}

#[derive(Clone, Debug, Default)]
struct Mark {
    origin: Origin,
    children: HashMap<String, Mark>,
    /// The items of an array whose indexes have changed.
    items: Option<Vec<Mark>>,
    /// The digits of a copied number.
    number: Option<String>,
}

#[derive(Clone, Debug, Default)]
enum Origin {
    /// The same key of the parent.
    #[default]
    Same,
    /// An item that had this index.
    Index(usize),
    /// A node of an overlay.
    Overlay(usize, Pointer),
}

impl Mark {
    fn written(overlay: usize, from: Pointer) -> Self {
        Self { origin: Origin::Overlay(overlay, from), ..Self::default() }
    }

    fn child(&self, key: &str) -> Option<&Self> {
        match &self.items {
            Some(items) => items.get(key.parse::<usize>().ok()?),
            None => self.children.get(key),
        }
    }

    fn child_mut(&mut self, key: String) -> &mut Self {
        let index = key.parse::<usize>();
        match (&mut self.items, index) {
            (Some(items), Ok(index)) if index < items.len() => &mut items[index],
            _ => self.children.entry(key).or_default(),
        }
    }

    /// Returns the items of an array with `length` items. Their indexes are about to change.
    fn items_mut(&mut self, length: usize) -> &mut Vec<Self> {
        let children = &mut self.children;
        self.items.get_or_insert_with(|| {
            let item = |index: usize| {
                let mut mark = children.remove(&index.to_string()).unwrap_or_default();
                if let Origin::Same = mark.origin {
                    mark.origin = Origin::Index(index);
                }
                mark
            };
            (0..length).map(item).collect()
        })
    }
}

impl Origins {
    fn mark_mut(&mut self, at: &Pointer) -> &mut Mark {
        at.keys().fold(&mut self.root, Mark::child_mut)
    }

    /// Records that an overlay wrote the node at a pointer.
    pub fn write(&mut self, at: &Pointer, overlay: usize, from: Pointer) {
        *self.mark_mut(at) = Mark::written(overlay, from);
    }

    /// Records that an overlay appended an item to the array at a pointer. The array had `length` items before.
    pub fn append(&mut self, at: &Pointer, length: usize, overlay: usize, from: Pointer) {
        self.mark_mut(at).items_mut(length).push(Mark::written(overlay, from));
    }

    /// Records that a key of the object at a pointer was removed.
    pub fn remove_key(&mut self, at: &Pointer, key: &str) {
        self.mark_mut(at).children.remove(key);
    }

    /// Records that only some items of the array at a pointer were kept.
    pub fn retain_items(&mut self, at: &Pointer, is_kept: &[bool]) {
        let mut is_kept_by_index = is_kept.iter();
        self.mark_mut(at).items_mut(is_kept.len()).retain(|_| is_kept_by_index.next().is_none_or(|is_kept| *is_kept));
    }

    /// Stores the digits of the number at a pointer, which was copied.
    pub fn set_number(&mut self, at: &Pointer, digits: String) {
        self.mark_mut(at).number = Some(digits);
    }

    /// Returns the digits of a copied number, if they are stored.
    pub fn number(&self, at: &Pointer) -> Option<&str> {
        at.keys().try_fold(&self.root, |mark, key| mark.child(&key))?.number.as_deref()
    }

    /// Returns the overlay that wrote the node at a pointer, and the pointer of the node in this overlay. If the node comes
    /// from the document itself, returns `None`, and the pointer of the node in the document.
    pub fn locate(&self, pointer: &Pointer) -> (Option<usize>, Pointer) {
        let (mut overlay, mut origin, mut mark) = (None, Pointer::root(), Some(&self.root));
        for key in pointer.keys() {
            mark = mark.and_then(|mark| mark.child(&key));
            origin = match mark.map(|mark| &mark.origin) {
                Some(Origin::Overlay(by, from)) => {
                    overlay = Some(*by);
                    from.clone()
                }
                Some(Origin::Index(index)) => origin.child(index),
                Some(Origin::Same) | None => origin.child(&key),
            };
        }
        (overlay, origin)
    }
}
