//! Forms: a kind at a level, resolved once from their names.

use std::sync::Arc;

use crate::outcome::{LevelTexts, Normalization};

type Rule = dyn Fn(&str, &mut String) -> Normalization + Send + Sync;
type Rules = dyn Fn(&str, &mut LevelTexts) + Send + Sync;

/// The rule of a kind at a level.
#[derive(Clone)]
pub struct Form(Arc<Rule>);

impl Form {
    pub(crate) fn new(rule: impl Fn(&str, &mut String) -> Normalization + Send + Sync + 'static) -> Self {
        Self(Arc::new(rule))
    }

    /// Normalizes `value` into `out`, which is cleared first. Normalizing is idempotent.
    pub fn normalize(&self, value: &str, out: &mut String) -> Normalization {
        (self.0)(value, out)
    }
}

/// The rules of a kind at several levels.
#[derive(Clone)]
pub struct Forms {
    levels: usize,
    rules: Arc<Rules>,
}

impl Forms {
    /// Rules that share nothing.
    pub(crate) fn each(forms: Vec<Form>) -> Self {
        Self::together(forms.len(), move |value, out| {
            for (number, form) in forms.iter().enumerate() {
                out.outcomes[number] = form.normalize(value, &mut out.texts[number]);
            }
        })
    }

    /// Rules that share work.
    pub(crate) fn together(
        levels: usize,
        rules: impl Fn(&str, &mut LevelTexts) + Send + Sync + 'static,
    ) -> Self {
        Self { levels, rules: Arc::new(rules) }
    }

    /// Normalizes `value` at each level, as [`Form::normalize`] does.
    pub fn normalize(&self, value: &str, out: &mut LevelTexts) {
        out.begin(self.levels);
        (self.rules)(value, out);
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form")
    }
}

impl std::fmt::Debug for Forms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Forms({})", self.levels)
    }
}
