//! Public names of the workspace.

use std::collections::BTreeMap;

use syn::{Item, Visibility};

use crate::modules::Crate;

/// Types and traits that are public under one name in several places.
pub(crate) fn used_twice(crates: &[Crate]) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for of in crates {
        for file in &of.files {
            for item in &file.syntax.items {
                let (visibility, name) = match item {
                    Item::Struct(item) => (&item.vis, &item.ident),
                    Item::Enum(item) => (&item.vis, &item.ident),
                    Item::Trait(item) => (&item.vis, &item.ident),
                    Item::Type(item) => (&item.vis, &item.ident),
                    _ => continue,
                };
                if matches!(visibility, Visibility::Public(_)) {
                    places.entry(name.to_string()).or_default().push(&file.path);
                }
            }
        }
    }
    places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, places)| format!("{name}: {}", places.join(", ")))
        .collect()
}
