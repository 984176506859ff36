//! Renders templates.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::error::ReportError;

/// The suffix enables escaping.
const TEMPLATE_NAME: &str = "report.html";

/// A template with its data.
pub(crate) fn fill(template: &'static str, page: impl Serialize) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?,
    );
    environment.add_template(TEMPLATE_NAME, template)?;
    Ok(environment.get_template(TEMPLATE_NAME)?.render(Serde(page))?)
}
