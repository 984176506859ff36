//! Results of attacks as a page and as Markdown.

mod page;
mod published;

pub use page::{privacy_markdown, privacy_page};
