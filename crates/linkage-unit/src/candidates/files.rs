//! The files of a job.

/// Two items that are compared with each other, or one that is compared with itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files<T> {
    /// Left and right.
    Between(T, T),
    /// One, within itself.
    Within(T),
}

impl<T> Files<T> {
    /// Left and right; twice the same within one.
    pub const fn sides(&self) -> (&T, &T) {
        match self {
            Self::Between(left, right) => (left, right),
            Self::Within(one) => (one, one),
        }
    }

    /// Each of them once.
    pub fn all(&self) -> Vec<&T> {
        match self {
            Self::Between(left, right) => vec![left, right],
            Self::Within(one) => vec![one],
        }
    }

    /// Whether one is compared with itself.
    pub const fn is_within(&self) -> bool {
        matches!(self, Self::Within(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_within_itself_is_both_sides_and_counts_once() {
        let between = Files::Between("a", "b");
        assert_eq!((between.sides(), between.all()), ((&"a", &"b"), vec![&"a", &"b"]));
        let within = Files::Within("a");
        assert_eq!((within.sides(), within.all()), ((&"a", &"a"), vec![&"a"]));
        assert_eq!((between.is_within(), within.is_within()), (false, true));
    }
}
