use serde::{Deserialize, Serialize};

/// A side of a pair, and of the file that holds its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The left one; in an audit, the party that made the links.
    Left,
    /// The right one; in an audit, the party whose records were linked to, such as a registry.
    Right,
}

impl Side {
    /// The name in files, commands and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The side with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Left, Self::Right].into_iter().find(|side| side.name() == name)
    }

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}
